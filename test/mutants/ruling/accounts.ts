import { inFile, type Mutant } from '../mutant.ts';

const connecting = (file: string) => inFile(file, 'test/e2e/accounts/connecting.test.ts');
const lasting = (file: string) => inFile(file, 'test/e2e/accounts/lasting.test.ts');
const servers = (file: string) => inFile(file, 'test/admin/servers/servers.test.ts');
const accounts = (file: string) => inFile(file, 'test/admin/servers/connections.test.ts');
const keys = inFile('src/store/sealing/data-keys.ts', 'test/store/data-keys.test.ts');

/** Of people's accounts at servers, of servers as the API keeps them, and of the keys that seal both. */
export const ACCOUNT_MUTANTS: readonly Mutant[] = [
  connecting('src/admin/connect/connect-page.ts')(
    'link.person !== signedIn.user.id',
    'false',
    'the link of one person is good for another',
  ),
  connecting('src/mcp/server-entry.ts')(
    'return `${server} ${person}`;',
    'return `${server} everybody`;',
    'the account of one person serves everybody',
  ),
  connecting('src/proxy/route.ts')(
    "this.#withAccounts(live.current()).length > 0 ? call.caller.principal : ''",
    "''",
    'the view of one person is shown to all of the same rights',
  ),
  connecting('src/proxy/connect/waiting.ts')(
    'stream()?.send(complete(id));',
    'void [stream, id];',
    'nobody is told that the account is there',
  ),
  accounts('src/admin/connect/connect-page.ts')(
    "entry.auth.kind === 'oauth' && !kit.connections.mayConnect(",
    'false && !kit.connections.mayConnect(',
    'a link outlives the right to connect',
  ),
  inFile('src/catalogue/catalogue.ts', 'test/admin/servers/removed.test.ts')(
    'no account begins there.\n    if (this.#deps.upstreams.at(upstream.key) !== upstream) return;',
    'no account begins there.',
    'a server that was removed is read again',
  ),
  accounts('src/admin/operations/servers/looking.ts')(
    'kit.tryServer({ ...entry, name })',
    'kit.tryServer(entry)',
    'a draft replaces the account of a server that is there',
  ),
  lasting('src/upstream/pipe/leased.ts')(
    'isRefused = isAboutToken(status, challenge);',
    'isRefused = false;',
    'a token that is refused is not renewed',
  ),
  lasting('src/proxy/connect/unconnected.ts')(
    '&& !hasDeclined(call)',
    '',
    'whoever declines is asked again and again',
  ),
  lasting('src/gateway.ts')(
    'if (before.get(key) === now.get(key)) continue;',
    'continue;',
    'what an account showed is shown after its end',
  ),
  servers('src/admin/operations/servers/change-server.ts')(
    'if (actor.session === undefined)',
    'if (false)',
    'a key brings a command',
  ),
  servers('src/catalogue/catalogue.ts')(
    'if (renamed.length > 0 && changed.length === 0) this.#version++;',
    '',
    'a new prefix does not show',
  ),
  servers('src/live/snapshot.ts')(
    'found.has(spelling) ? undefined : name',
    'name',
    'an address of version 1 leads to one of two servers',
  ),
  keys(
    'former && wrapperOf(former).open(wrapped, id)',
    'undefined',
    'a new master secret loses what was kept',
  ),
  keys(
    "this.#unreadable === 0 ? 'd0' : newId()",
    'newId()',
    'processes that start at once seal by different keys',
  ),
];
