import { existsSync } from 'node:fs';
import type { ServerName } from '../../../base/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import type { Offline } from '../../offline.ts';
import { broken, type Finding, ok, type StoreCheck, skipped, warn } from './check.ts';

const WEEK_MS = 7 * 86_400_000;
const AT_ONCE = 8;

async function lookAtPeople({ store }: Offline): Promise<readonly Finding[]> {
  const admins = (await store.listUsers()).filter(({ role, disabled }) => role === 'admin' && !disabled);
  if (admins.length > 0) return [ok(`${admins.length} administrator${admins.length > 1 ? 's' : ''}`)];
  return [warn('nobody is administrator yet', 'authmcp-gateway setup-link')];
}

async function lookAtServer(offline: Offline, entry: ServerEntry): Promise<Finding> {
  const { name, transport, auth, enabled } = entry;
  if (!enabled) return skipped(`${name} is off`);
  if (auth.kind === 'oauth') return skipped(`${name} is called with accounts; see the accounts below`);
  if (transport.kind === 'stdio') {
    const { isOnPath } = await import('../../../config/index.ts');
    const { command } = transport;
    return (command.includes('/') ? existsSync(command) : isOnPath(command))
      ? ok(`${name}: its program is there`)
      : broken(`${name}: there is no program ${command}`, 'install it, or correct the command');
  }
  const { tryHere } = await import('../../commands/server-test.ts');
  const { error, ms } = await tryHere(offline, entry);
  if (error === undefined) return ok(`${name} answers in ${ms} ms`);
  return broken(`${name} is down: ${error}`, `authmcp-gateway server test ${name}`);
}

async function lookAtServers(offline: Offline): Promise<readonly Finding[]> {
  const all = await offline.servers();
  const found: Finding[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(some.map(entry => lookAtServer(offline, entry)))));
  }
  return found.length > 0 ? found : [ok('there are none yet')];
}

function expiryOf(name: string, at: number, now: number): readonly Finding[] {
  if (at - now >= WEEK_MS) return [];
  const day = new Date(at).toISOString().slice(0, 10);
  const todo = `give ${name} another credential`;
  return at <= now
    ? [broken(`the credential of ${name} expired on ${day}`, todo)]
    : [warn(`the credential of ${name} expires on ${day}`, todo)];
}

async function lookAtCredentials({ servers, now }: Offline): Promise<readonly Finding[]> {
  const { credentialExpiry } = await import('../../../upstream/index.ts');
  const found = (await servers()).flatMap(({ name, auth, enabled }) => {
    const at = enabled ? credentialExpiry(auth) : 'never';
    return typeof at === 'number' ? expiryOf(name, at, now) : [];
  });
  return found.length > 0 ? found : [ok('none expires within seven days, as far as they say')];
}

/** One that the configuration stored with another master key ends the start. */
async function lookAtSecrets({ store }: Offline): Promise<readonly Finding[]> {
  const bring = 'bring the former keys/master.key (or JWT_SECRET_KEY) back, or restore a backup with keys';
  const servers = await store.listServers().then(
    () => [],
    (error: Error) => [broken(error.message, bring)],
  );
  const seal = store.dataKeys.sealFor('signing');
  const all = await store.listSigningKeys();
  const keys = all.filter(({ sealedPrivateJwk, kid }) => !seal.open(sealedPrivateJwk, kid));
  const accounts = (await store.connections.listAccounts()).filter(({ opens }) => !opens);
  const found = [
    ...servers,
    ...(keys.length > 0
      ? [broken(`${keys.length} signing keys were stored with another master key`, bring)]
      : []),
    ...(accounts.length > 0
      ? [
          warn(
            `${accounts.length} accounts at servers were stored with another master key`,
            `${bring}, or connect them again`,
          ),
        ]
      : []),
  ];
  return found.length > 0 ? found : [ok('all that is stored opens with this key')];
}

async function lookAtAccounts({ store, servers, now }: Offline): Promise<readonly Finding[]> {
  const people = new Map((await store.listUsers()).map(({ id, name }) => [id, name]));
  const all = await store.connections.listAccounts();
  const found = all.flatMap(({ server, userId, state, isRefreshable, expiresAt }) => {
    const whose = userId === undefined ? 'the gateway’s own' : `that of ${people.get(userId) ?? userId}`;
    const todo =
      userId === undefined ? `connect ${server} again` : 'let them connect it again, in their account';
    if (state === 'ended') return [warn(`an account at ${server} has ended: ${whose}`, todo)];
    const ends = !isRefreshable && expiresAt !== undefined && expiresAt - now < WEEK_MS;
    return ends ? [warn(`an account at ${server} ends within seven days: ${whose}`, todo)] : [];
  });
  const isThere = (name: ServerName) => all.some(one => one.server === name && one.userId === undefined);
  const lacking = (await servers()).flatMap(({ name, auth, enabled }) =>
    enabled &&
    auth.kind === 'oauth' &&
    auth.per === 'gateway' &&
    auth.grant === 'authorization_code' &&
    !isThere(name)
      ? [warn(`${name} has no account yet`, 'an administrator connects it in the dashboard')]
      : [],
  );
  const problems = [...found, ...lacking];
  return problems.length > 0 ? problems : [ok(`${all.length} at servers, none has ended`)];
}

function lookAtLimits({ config: { settings } }: Offline): readonly Finding[] {
  if (!settings['rateLimit.enabled'])
    return [warn('limits are switched off', 'set rateLimit.enabled to true')];
  return [
    ok(`${settings['rateLimit.mcp.max']} requests in ${settings['rateLimit.mcp.window']} s for each person`),
  ];
}

/** What the store knows of people, servers, secrets and accounts. */
export const storeChecks: readonly StoreCheck[] = [
  { heading: 'Cannot open `/admin` or the setup page', name: 'administrator', look: lookAtPeople },
  { heading: 'A server is shown as down', name: 'servers', look: lookAtServers },
  { heading: 'A server is shown as down', name: 'credentials', look: lookAtCredentials },
  { heading: 'A client cannot sign in', name: 'accounts', look: lookAtAccounts },
  { heading: '429 Too Many Requests', name: 'limits', look: lookAtLimits },
];

/** Asked first: where it fails the others cannot read what is stored. */
export const secretCheck: StoreCheck = {
  heading: 'The gateway does not start',
  name: 'stored secrets',
  look: lookAtSecrets,
};
