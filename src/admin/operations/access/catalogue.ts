import { z } from 'zod';
import type { ServerName } from '../../../base/index.ts';
import { look, type Target, type View } from '../../../catalogue/index.ts';
import { identityOf } from '../../../live/index.ts';
import { TIERS, withEveryScope } from '../../../policy/index.ts';
import { OWN_MODERN } from '../../../upstream/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { findPerson, PEOPLE } from '../people/person.ts';

const tool = z.object({ name: z.string(), exposed: z.string(), tier: z.enum(TIERS) });
const shown = z.object({
  server: z.string(),
  tools: z.array(tool),
  prompts: z.array(z.string()),
  resources: z.array(z.string()),
});

/** Every name of a list, page by page, as a client would read it. */
function namesIn(view: View, list: 'tools' | 'prompts' | 'resources'): readonly string[] {
  const key = list === 'resources' ? 'uri' : 'name';
  const found: string[] = [];
  for (let next: { after: string; index: number } | undefined, first = true; first || next; first = false) {
    const page = view.page(list, next?.after, next?.index);
    const items = JSON.parse(`[${page.items.toString('utf8')}]`) as readonly Record<string, string>[];
    found.push(...items.map(one => one[key] ?? ''));
    next = page.next;
  }
  return found;
}

type Named = { readonly exposed: string; readonly target: Target };

function named(view: View, list: 'tools' | 'prompts' | 'resources'): readonly Named[] {
  const find = (name: string) =>
    list === 'resources' ? view.findUri(name) : view.find(list === 'tools' ? 'tool' : 'prompt', name);
  return namesIn(view, list).flatMap(exposed => {
    const target = find(exposed);
    return target ? [{ exposed, target }] : [];
  });
}

function viewOf(kit: ApiKit, id: string, client: string | undefined): Promise<View> {
  return findPerson(kit, id).then(user => {
    const snapshot = kit.live.current();
    const rights = snapshot.policy.rightsOf(identityOf(snapshot, user.id, { client }));
    const who = withEveryScope({ principal: user.id, rights, scopes: [] });
    return look(kit.catalogue, snapshot, { who, endpoint: 'all', profile: OWN_MODERN });
  });
}

/** What somebody is shown. */
export const catalogueOperation = operation({
  id: 'users.catalogue',
  method: 'get',
  path: `${PEOPLE}/:id/catalogue`,
  summary: 'What a person is shown on /mcp, by server; through one client with `client`',
  access: 'read',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ client: z.string().max(2048).optional() }),
  answer: z.array(shown),
  handle: async (kit, { params, query }) => {
    const view = await viewOf(kit, params.id, query.client);
    const [tools, prompts, resources] = [
      named(view, 'tools'),
      named(view, 'prompts'),
      named(view, 'resources'),
    ];
    const of = (all: readonly Named[], server: ServerName) =>
      all.filter(({ target }) => target.server === server);
    const servers = [...new Set([...tools, ...prompts, ...resources].map(({ target }) => target.server))];
    return servers.map(server => ({
      server,
      tools: of(tools, server).map(({ exposed, target }) => ({
        ...{ name: target.original, exposed, tier: target.item.tier },
      })),
      prompts: of(prompts, server).map(({ exposed }) => exposed),
      resources: of(resources, server).map(({ exposed }) => exposed),
    }));
  },
});
