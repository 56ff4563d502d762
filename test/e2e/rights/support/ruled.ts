import { makeApiKey } from '../../../../src/auth/index.ts';
import type { KeyId, ServerName } from '../../../../src/base/index.ts';
import type { Rule } from '../../../../src/policy/index.ts';
import type { User } from '../../../../src/store/index.ts';
import { type Echo2025, startEcho2025 } from '../../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../../../support/mcp.ts';

export type Era = '2025' | '2026';
export const ERAS = ['2025', '2026'] as const;

type EchoOptions = NonNullable<Parameters<typeof startEcho2025>[0]>;

export type Ask = (method: string, params?: unknown) => Promise<RpcAnswer>;
type Person = { readonly user: User; readonly token: string; readonly key: KeyId };

export type RuledGateway = GatewayHere & {
  readonly old: Echo2025;
  readonly modern: Echo2026;
  /** A person without any right, and an API key of theirs. */
  readonly person: (name: string, role?: User['role']) => Promise<Person>;
  readonly keyOf: (user: User) => Promise<Pick<Person, 'token' | 'key'>>;
  /** A rule that is in force when it resolves. */
  readonly rule: (rule: Partial<Rule> & Pick<Rule, 'subject'>) => Promise<string>;
  readonly drop: (id: string) => Promise<void>;
  /** What the store says is in force when it resolves. */
  readonly refresh: () => Promise<void>;
  readonly asking: (era: Era, token: string, path?: string) => Promise<Ask>;
};

/** A gateway before a server of each era, `old` and `new`, whose rules a test writes. */
export async function startRuled(options: EchoOptions = {}): Promise<RuledGateway> {
  const old = await startEcho2025(options);
  const modern = await startEcho2026({ tasks: options.tasks === true });
  const gateway = await startGatewayHere({
    servers: { old: old.url, new: modern.url },
    settings: { rateLimit: { enabled: false } },
  });
  const { store, url } = gateway;
  const keyOf = async (user: User) => {
    const { id, key, secretHash } = makeApiKey();
    const rest = { name: 'test', scopes: ['mcp'], createdAt: Date.now(), expiresAt: undefined };
    await store.createKey({ id, userId: user.id, secretHash, ...rest });
    return { token: key.reveal(), key: id };
  };
  const root = await store.userByName('root');
  if (!root) throw new Error('There is no administrator');
  // A key that the gateway does not know makes it read everything anew.
  const refresh = async () => {
    const { token } = await keyOf(root);
    await fetch(url('/auth/me'), { headers: { authorization: `Bearer ${token}` } });
  };
  const person: RuledGateway['person'] = async (name, role = 'user') => {
    const user = await store.createUser({ name, role, passwordHash: undefined }, Date.now());
    if (typeof user === 'string') throw new Error(user);
    return { user, ...(await keyOf(user)) };
  };
  const asking: RuledGateway['asking'] = async (era, token, path = '/mcp') => {
    const at = { url: url(path), token };
    return era === '2026' ? modernClient(at).request : (await legacyClient(at)).request;
  };
  // Both servers are read before any test looks at their lists.
  for (const era of ERAS) await (await asking(era, gateway.adminToken))('tools/list');
  return {
    ...gateway,
    ...{ old, modern, person, keyOf, refresh, asking },
    rule: async more => {
      const whole = { effect: 'allow', server: 'old' as ServerName, kind: 'all', pattern: '*' } as const;
      const rest = { tier: undefined, note: undefined, createdBy: 'test' };
      const made = await store.access.addRule({ ...whole, ...rest, ...more }, Date.now());
      if (typeof made === 'string') throw new Error(made);
      await refresh();
      return made.id;
    },
    drop: async id => {
      await store.access.deleteRule(id);
      await refresh();
    },
    close: async () => {
      await gateway.close();
      await Promise.all([old.close(), modern.close()]);
    },
  };
}
