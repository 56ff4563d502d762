import { z } from 'zod';
import { Fault, printable, type ServerName } from '../../../base/index.ts';
import type { TargetKind } from '../../../mcp/index.ts';
import type { ApiKey, User } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation, wrong } from '../../api/operation.ts';
import { type Asked, explainTo } from '../../grants/explaining.ts';
import { sayReason } from '../../grants/rules.ts';
import { directoryOf, subjectNamed } from './directory.ts';
import { ruleShown, showRule } from './grants.ts';

const text = z.string().min(1).max(2048).optional();
const query = z.strictObject({
  user: text,
  client: text,
  key: text,
  server: text,
  tool: text,
  prompt: text,
  resource: text,
});
type Query = z.output<typeof query>;

const explained = z.object({
  allowed: z.boolean(),
  because: z.string(),
  says: z.string(),
  user: z.string(),
  role: z.string(),
  server: z.string(),
  kind: z.enum(['tool', 'prompt', 'resource']),
  name: z.string(),
  tier: z.enum(['read', 'write', 'destructive']),
  /** Whether the server lists it, so far as is known. */
  listed: z.boolean(),
  rule: ruleShown.nullable(),
  rules: z.array(ruleShown),
});

function thingOf({ tool, prompt, resource }: Query): { readonly kind: TargetKind; readonly name: string } {
  const given = Object.entries({ tool, prompt, resource }).flatMap(([kind, name]) =>
    name === undefined ? [] : [{ kind: kind as TargetKind, name }],
  );
  const [one, another] = given;
  if (one && !another) return one;
  throw wrong('tool', 'say one of tool, prompt and resource');
}

function keyOf(kit: ApiKit, id: string | undefined): ApiKey | undefined {
  const found = id === undefined ? undefined : kit.live.current().keys.get(id as never);
  if (id !== undefined && !found) throw wrong('key', `there is no key ${printable(id)}`);
  return found;
}

async function personOf(kit: ApiKit, { user, client }: Query, key: ApiKey | undefined): Promise<User> {
  const directory = await directoryOf(kit);
  if (client !== undefined) subjectNamed('client', `client:${client}`, directory);
  if (client !== undefined && key) throw wrong('client', 'a call is made with a client or with a key');
  const { users } = kit.live.current();
  if (user === undefined && !key) throw wrong('user', 'say for whom');
  const subject = user === undefined ? undefined : subjectNamed('user', `user:${user}`, directory);
  const id = subject?.kind === 'user' ? subject.id : key?.userId;
  if (key && key.userId !== id) throw wrong('key', 'belongs to somebody else');
  const found = id && users.get(id);
  if (!found) throw new Fault('not_found', { says: 'There is no such person' });
  return found;
}

function serverOf(kit: ApiKit, name: string | undefined): ServerName | undefined {
  if (name !== undefined && !kit.live.current().servers.has(name as ServerName))
    throw wrong('server', `there is no server ${printable(name)}`);
  return name as ServerName | undefined;
}

/** Why can somebody use something, or not? */
export const explainOperation = operation({
  id: 'explain',
  method: 'get',
  path: '/admin/api/explain',
  summary: 'Whether a person may use a tool, prompt or resource, and why',
  access: 'read',
  query,
  answer: explained,
  handle: async (kit, asked) => {
    const { kind, name } = thingOf(asked.query);
    const key = keyOf(kit, asked.query.key);
    const user = await personOf(kit, asked.query, key);
    const server = serverOf(kit, asked.query.server);
    const about: Asked = { user, key, client: asked.query.client, kind, name, server };
    const found = explainTo(about, {
      ...{ snapshot: kit.live.current(), catalogue: kit.catalogue, now: kit.clock.now() },
      linked: uri => kit.linked(user.id, uri),
    });
    if (!found)
      throw wrong(kind, `nothing is known as ${printable(name)}; with server, say the server's own name`);
    const directory = await directoryOf(kit);
    const { because } = found;
    return {
      allowed: found.allowed,
      because: because.kind,
      says: sayReason(because, directory),
      user: user.name,
      role: user.role,
      server: found.server,
      ...found.item,
      listed: found.isListed,
      rule: because.kind === 'rule' ? showRule(because.rule, directory) : null,
      rules: found.rules.map(rule => showRule(rule, directory)),
    };
  },
});
