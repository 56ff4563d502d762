import { inFile, type Mutant } from '../mutant.ts';

const ROOM = 'src/upstream/oauth';
const hostile = (file: string) => inFile(`${ROOM}/${file}.ts`, 'test/upstream/oauth/hostile.test.ts');
const refresh = (file: string) => inFile(`${ROOM}/${file}.ts`, 'test/upstream/oauth/refresh.test.ts');
const trouble = inFile(`${ROOM}/refresher.ts`, 'test/upstream/oauth/trouble.test.ts');
const clients = (file: string) => inFile(`${ROOM}/${file}.ts`, 'test/upstream/oauth/clients.test.ts');
const found = (file: string) => inFile(`${ROOM}/${file}.ts`, 'test/upstream/oauth/discovery.test.ts');
const address = inFile(`${ROOM}/discovery/way.ts`, 'test/upstream/oauth/addresses.test.ts');
const machine = (file: string) => inFile(`${ROOM}/${file}.ts`, 'test/upstream/oauth/machine.test.ts');
const kept = inFile('src/store/connections/accounts.ts', 'test/store/connections.test.ts');
const journeys = inFile('src/store/connections/create-connections.ts', 'test/store/connections.test.ts');

/** Of the gateway as an OAuth client of the servers behind it. */
export const CONNECTION_MUTANTS: readonly Mutant[] = [
  machine('clients')(
    'await store.connections.bindClient(entry.name, clientId, issuer.issuer, clock.now());',
    '',
    'a client of an operator belongs to no issuer',
  ),
  machine('refresher')(
    `    await clients.bind(entry, issuer);
    const tokens = await askTokens(counter, request);`,
    `    const tokens = await askTokens(counter, request);
    await clients.bind(entry, issuer);`,
    'a secret is bound to an issuer by success alone',
  ),
  hostile('journeys')(
    'if (taken.userId !== who.person || taken.sessionHash !== sha256(who.session)) {',
    'if (false) {',
    'another person or browser finishes a journey',
  ),
  hostile('journeys')(
    '|| taken.sessionHash !== sha256(who.session)',
    '',
    'another browser finishes a journey',
  ),
  hostile('journeys')(
    "(params.get('as') ?? undefined) !== tag",
    'false',
    'the answer of one issuer is taken at the redirect URI of another',
  ),
  hostile('journeys')(
    "!rest.code_challenge_methods_supported?.includes('S256')",
    'false',
    'PKCE is not required',
  ),
  hostile('discovery/discover')('document.issuer !== issuer', 'false', 'metadata of another issuer is taken'),
  hostile('discovery/discover')(
    'document && !isResourceOf(document.resource, server)',
    'false',
    'the metadata of another resource is taken',
  ),
  hostile('tokens')(
    "answer.token_type !== 'bearer' || !TOKEN.test(accessToken)",
    'false',
    'any text becomes a header',
  ),
  hostile('accounts')(
    'connection?.binding === bindingOf(entry)',
    'true',
    'a server that moves gets former tokens',
  ),
  refresh('refresher')(
    'if (await store.connections.lockConnection(connection, until, now))',
    'if (true)',
    'two processes spend one refresh token',
  ),
  trouble('if (left <= 0 ||', 'if (true ||', 'an authorization server in trouble is asked with every call'),
  trouble('FINAL.has(code) ||', 'true ||', 'trouble that passes ends an account'),
  refresh('renewed')(
    'tokens.refreshToken ?? account.refreshToken',
    'account.refreshToken',
    'rotation is forgotten',
  ),
  refresh('accounts')(
    'this.#deps.live.current().users.get(userId)?.disabled === false',
    'true',
    'who is switched off has tokens',
  ),
  refresh('connections')(
    'await this.#refresher.settle(CLOSE_MS);',
    '',
    'a token on its way is lost at the end',
  ),
  refresh('refusals')('if (isOther) return held.lease;', '', 'a newer token is refreshed again'),
  refresh('refusals')(
    'this.#refuseAgain(entry, connection, refusal);',
    '',
    'a server that refuses everything is refreshed for',
  ),
  refresh('accounts')(
    'Math.min(this.#thresholdMs, (lifeMs ?? 0) / 2)',
    'this.#thresholdMs',
    'short tokens are fetched with every call',
  ),
  clients('clients')(
    'if (own !== undefined && own !== issuer)',
    'if (false)',
    'credentials go to another issuer',
  ),
  clients('clients')(
    'issuer.client_id_metadata_document_supported && ',
    '',
    'the document is shown to who does not read it',
  ),
  clients('refusals')(
    'if (await this.#hasMoved(entry, connection)) return this.#end(connection);',
    '',
    'a move is not noticed',
  ),
  found('journeys')('union(before?.wanted, first)', 'first', 'a step up forgets what was granted'),
  found('refusals')('isWaiting: true,', 'isWaiting: false,', 'calls at once use up the step-ups'),
  found('journeys')(
    "isOffered ? union(scopes, ['offline_access']) : scopes",
    'scopes',
    'no refresh token is asked for',
  ),
  address("throw new OAuthTrouble('insecure', url.host);", '', 'tokens travel without https'),
  address(
    'isPrivateAllowed: this.#isConfigured(url),',
    'isPrivateAllowed: true,',
    'private addresses are followed',
  ),
  machine('accounts')(
    "return this.isAllowed(person) && this.#deps.live.current().users.get(person)?.role === 'admin';",
    'return true;',
    'who is no administrator connects for all',
  ),
  machine('refresher')(
    "const isFirst = account.resource === '';",
    'const isFirst = true;',
    'a refresh token follows a server to another issuer',
  ),
  kept("where('lockedUntil', '<=', now)", "where('lockedUntil', '<=', now + 1e9)", 'a lock locks nothing'),
  kept('version: randomToken(16),', "version: 'one',", 'a former reader writes over what is new'),
  journeys('row.expiresAt <= now', 'false', 'journeys do not end'),
];
