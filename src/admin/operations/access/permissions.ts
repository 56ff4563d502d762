import { z } from 'zod';
import { Fault, printable, type ServerName } from '../../../base/index.ts';
import { rightsIn } from '../../../live/index.ts';
import type { Rule } from '../../../policy/index.ts';
import type { User } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation, wrong } from '../../api/operation.ts';
import { isOwn } from '../../grants/rules.ts';
import { byId } from '../fields.ts';
import { findPerson, PEOPLE } from '../people/person.ts';
import { demandFor, isAbout } from './grants.ts';

const PATH = `${PEOPLE}/:id/mcp-permissions`;

const permission = z.object({
  server_id: z.string(),
  server_name: z.string(),
  can_access: z.boolean(),
  /** `explicit`: there is a rule for this person and the whole server. */
  source: z.enum(['default', 'explicit']),
});

/** The rules that are about this person and the whole server. */
function wholeRules({ live }: ApiKit, user: User, server: ServerName): readonly Rule[] {
  return live.current().policy.rules.filter(rule => {
    const isWhole = rule.kind === 'all' && rule.pattern === '*' && rule.tier === undefined;
    return isOwn(rule) && isWhole && rule.server === server && isAbout(rule, { kind: 'user', id: user.id });
  });
}

function describe(kit: ApiKit, user: User): readonly z.input<typeof permission>[] {
  const snapshot = kit.live.current();
  const rights = rightsIn(snapshot, user.id);
  return [...snapshot.servers.values()].map(({ name, title }) => ({
    server_id: name,
    server_name: title,
    can_access: !user.disabled && rights.reaches(name),
    source: wholeRules(kit, user, name).length > 0 ? 'explicit' : 'default',
  }));
}

/** Which servers a person may use, with the fields of version 1. */
export const permissionOperations = [
  operation({
    id: 'users.mcp-permissions',
    method: 'get',
    path: PATH,
    summary: 'The servers, and whether this person may use anything of each',
    access: 'read',
    params: byId,
    answer: z.array(permission),
    handle: async (kit, { params }) => [...describe(kit, await findPerson(kit, params.id))],
  }),
  operation({
    id: 'users.set-mcp-permission',
    method: 'patch',
    path: PATH,
    summary: 'Allow or deny a person a whole server; null leaves it to the other rules',
    access: 'rule',
    params: byId,
    body: z.strictObject({ server_id: z.string().max(64), can_access: z.boolean().nullable() }),
    answer: permission,
    handle: async (kit, asked) => {
      const user = await findPerson(kit, asked.params.id);
      const subject = { kind: 'user', id: user.id } as const;
      await demandFor(asked, subject, kit);
      const { server_id, can_access } = asked.body;
      const server = server_id as ServerName;
      if (!kit.live.current().servers.has(server))
        throw wrong('server_id', `there is no server ${printable(server_id)}`);
      const wanted = can_access === null ? undefined : can_access ? 'allow' : 'deny';
      const before = wholeRules(kit, user, server);
      for (const rule of before) if (rule.effect !== wanted) await kit.store.access.deleteRule(rule.id);
      if (wanted !== undefined) {
        const whole = { effect: wanted, server, kind: 'all', pattern: '*', tier: undefined } as const;
        const rule = { ...whole, subject, note: undefined, createdBy: asked.actor.name };
        if ((await kit.store.access.addRule(rule, kit.clock.now())) === 'unknown')
          throw new Fault('not_found', { says: 'There is no such person' });
      }
      await audit(kit, asked, {
        action: 'grant.set',
        target: user.name,
        before: { server, effects: before.map(({ effect }) => effect) },
        after: { server, can_access },
      });
      await kit.live.refresh();
      const found = describe(kit, user).find(one => one.server_id === server);
      if (!found) throw new Fault('not_found', { says: 'There is no such server' });
      return found;
    },
  }),
];
