import { inFile, type Mutant } from './mutant.ts';

const upstream = inFile('src/upstream/upstream.ts', 'test/e2e/two-people.test.ts');
const parked = inFile('src/proxy/bridge/parked.ts', 'test/e2e/bridge/modern-before-legacy.test.ts');
const parkedCall = inFile('src/proxy/bridge/parked-call.ts', 'test/e2e/bridge/modern-before-legacy.test.ts');
const answers = inFile('src/proxy/bridge/answers.ts', 'test/e2e/bridge/legacy-before-modern.test.ts');
const toModern = inFile('src/proxy/bridge/answers.ts', 'test/e2e/bridge/modern-before-legacy.test.ts');
const newServer = inFile('src/proxy/bridge/new-server.ts', 'test/e2e/bridge/legacy-before-modern.test.ts');
const asking = inFile('src/proxy/asking/asking.ts', 'test/e2e/bridge/asking.test.ts');
const detected = inFile('src/proxy/asking/asking.ts', 'test/e2e/bridge/asking-detected.test.ts');
const timed = inFile('src/proxy/bridge/parked-call.ts', 'test/e2e/bridge/server-time.test.ts');
const smuggled = 'test/e2e/bridge/smuggled.test.ts';
const whole = inFile('src/mcp/json/whole.ts', smuggled);
const askingOut = inFile('src/proxy/asking/asking-out.ts', smuggled);
const requiredPages = inFile('src/proxy/bridge/required-pages.ts', smuggled);
const waiting = 'test/e2e/bridge/parked.test.ts';
const joined = inFile('src/proxy/bridge/parked.ts', waiting);
const expiring = inFile('src/proxy/bridge/parked-call.ts', waiting);
const crowded = 'test/e2e/bridge/many-waiting.test.ts';
const crowd = inFile('src/proxy/bridge/parked.ts', crowded);
const resting = inFile('src/upstream/exchange.ts', crowded);
const messages = inFile('src/proxy/relay/server-messages.ts', crowded);
const eras = inFile('src/mcp/eras.ts', 'test/e2e/bridge/asking.test.ts');
const links = inFile('src/proxy/relay/links.ts', 'test/e2e/links.test.ts');
const resolving = inFile('src/catalogue/resolve.ts', 'test/e2e/links.test.ts');
const subscriptions = inFile('src/upstream/hearing/subscriptions.ts', 'test/e2e/bridge/changes.test.ts');
const overlays = inFile('src/proxy/relay/list-changes.ts', 'test/e2e/overlays.test.ts');
const pending = inFile('src/shared/pending.ts', 'test/e2e/bridge/legacy-before-modern.test.ts');

/** The bridge between the eras, and what two people share of it. */
export const BRIDGE_MUTANTS: readonly Mutant[] = [
  upstream('shared: `p ${principal} ${profile}`', 'shared: `p ${profile}`', 'pool without principal'),
  parked('`${caller.principal} ${placeKey(place)}', '`${placeKey(place)}', 'state bound to no principal'),
  parked('${placeKey(place)} ${salient', '${salient', 'state bound to no endpoint'),
  parked(' ${salient(message)}`', '`', 'state bound to no request'),
  parked('responses === said ?', 'true ?', 'other answers join as well'),
  parked('own < MAX_OF_ONE &&', '', 'no quota of one person'),
  parkedCall(' && isAnswer(one.request.method, value)', '', 'answers of any shape'),
  parkedCall("typeof wanted !== 'string' ||", '', 'logs without a level'),
  parkedCall('if (this.#line === line) this.abandon();', '', 'a closed stream goes on'),
  parkedCall(
    'const { _meta, elicitationId, task, ...rest } = params;',
    'const { _meta, task, ...rest } = params;',
    'elicitationId crosses',
  ),
  timed('noteServerTime(this.#deps.entry);', '', 'no time of a server of the other era'),
  timed('countAnew(this.#deps.entry);', '', 'the time to answer is the server’s'),
  inFile('src/proxy/trace/server-time.ts', 'test/e2e/bridge/server-time.test.ts')(
    '(entry.upstreamMs ?? 0) + ',
    '',
    'the time of the last round alone',
  ),
  inFile('src/proxy/trace/server-time.ts', 'test/e2e/bridge/server-time.test.ts')(
    'serverBegins(entry);\n  const',
    'const',
    'the wait for a session is the gateway’s time',
  ),
  detected(" && detecting.attitude('elicitation_url') !== 'block'", '', 'blocked pages are shown'),
  detected("kind: isBlocked ? 'refuse' : 'ask'", "kind: 'ask'", 'blocked forms are shown'),
  toModern('[-32002, -32602],', '', 'missing resource keeps its old code'),
  toModern(`resultType: '"complete"',`, '', 'no resultType'),
  answers('error.code === MISSING_CAPABILITY', 'error.code === 0', 'raw -32021'),
  answers("new Set(['resultType', 'ttlMs', 'cacheScope'])", "new Set(['ttlMs'])", 'resultType crosses'),
  inFile('src/proxy/bridge/client-questions.ts', 'test/e2e/bridge/asking.test.ts')(
    "if (method !== 'ping' && canBeAsked(method, params, capabilities)) return;",
    'return;',
    'asks what was not declared',
  ),
  newServer('round <= MAX_ROUNDS', 'round <= 1_000', 'asked without end'),
  asking("url.protocol === 'https:' ||", "url.protocol !== '' ||", 'pages without TLS'),
  asking('elicitationHosts === undefined ||', 'true ||', 'pages of any host'),
  asking('`${server}: ${said}`', 'said', 'a page under no name'),
  whole("if (name === 'method') this.#isRequest = true;", '', 'a request for an answer'),
  askingOut("['elicitation', '\\\\u00']", "['elicitation/create']", 'questions in escapes'),
  askingOut("{ mode: 'url' }", '{}', 'pages that an error requires'),
  requiredPages("if (ruling.kind === 'refuse') throw notAllowed(asker);", '', 'required pages of any kind'),
  joined("became.kind === 'gone'", 'false', 'a retry that hears nothing'),
  expiring('this.#expire(), deps.parked.ms', '{}, deps.parked.ms', 'a call waits for ever'),
  crowd('this.#calls.size < MAX_IN_ALL', 'true', 'no quota of the process'),
  resting("this.#countAs('waiting');", '', 'a call that waits keeps its seat'),
  resting("if (this.#traffic.isFull('stream')) return false;", '', 'no limit of calls that wait'),
  resting("if (this.#use === 'waiting') this.#countAs('call');", '', 'a call that goes on takes no seat'),
  messages('if (this.#asked.size === 0) this.#line', 'this.#line', 'a call goes on with one answer of two'),
  eras(
    "mode === 'url' ? 'elicitationUrl' : 'elicitation'",
    "mode === 'x' ? 'roots' : undefined",
    'undeclared modes',
  ),
  links(
    'this.#servers.get(`${principal} ${uri}`)',
    'this.#servers.get([...this.#servers.keys()].find(key => key.endsWith(` ${uri}`)) ?? `${principal} ${uri}`)',
    'links of one person for all',
  ),
  resolving(
    "return server && view.unlisted('resource', server, uri);",
    "return server && { server, original: uri, traits: undefined, item: itemOf('resource', uri) };",
    'links of servers without a grant',
  ),
  subscriptions('return !known;', 'return true;', 'a second subscription for one resource'),
  subscriptions(
    "for (const uri of uris) await this.#ask(session, 'resources/subscribe', uri);",
    '',
    'subscriptions are not restored',
  ),
  overlays('!state || !session.isOfOneClient', 'true', 'one session’s list for all'),
  pending('waiting.principal !== principal ||', '', 'answers of anybody'),
];
