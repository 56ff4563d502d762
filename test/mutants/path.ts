// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text that is replaced
import { inFile, type Mutant } from './mutant.ts';

const ISOLATION = 'test/e2e/isolation.test.ts';
const HOSTILE = 'test/e2e/hostile-server.test.ts';
const BYTES = 'test/e2e/byte-for-byte.test.ts';
const RETRIES = 'test/e2e/retries.test.ts';
const STRANGERS = 'test/gateway/strangers.test.ts';
const SESSIONS_TOLD = 'test/gateway/session-events.test.ts';
const SLOW = 'test/gateway/slow-clients.test.ts';

const mayUse = inFile('src/policy/may-use.ts', 'test/policy/may-use.test.ts');
const admission = inFile('src/proxy/admission.ts', 'test/proxy/admission.test.ts');
const sessions = inFile('src/proxy/session/client-sessions.ts', 'test/proxy/client-sessions.test.ts');
const upstream = inFile('src/upstream/upstream.ts', 'test/upstream/sessions.test.ts');
const ways = inFile('src/upstream/pipe/ways.ts', 'test/upstream/leg.test.ts');
const exchange = inFile('src/upstream/exchange.ts', 'test/upstream/leg.test.ts');
const seats = inFile('src/upstream/seats.ts', 'test/upstream/leg.test.ts');
const breaker = inFile('src/upstream/breaker.ts', 'test/upstream/leg.test.ts');
const probe = inFile('src/upstream/probe.ts', 'test/upstream/probe.test.ts');
const names = inFile('src/catalogue/names.ts', 'test/catalogue/names.test.ts');
const view = inFile('src/catalogue/view.ts', 'test/catalogue/names.test.ts');
const pages = inFile('src/catalogue/paging.ts', 'test/catalogue/pages.test.ts');
const reading = inFile('src/catalogue/reading/reading.ts', 'test/catalogue/pages.test.ts');
const answer = 'src/proxy/relay/answer-relay.ts';
const translate = 'src/proxy/relay/translate.ts';
const route = 'src/proxy/route.ts';
const ENDED = 'test/e2e/rights/ended-calls.test.ts';
const SCOPES = 'test/e2e/rights/scopes.test.ts';

/** Of the way from a client to a server and back. */
export const PATH_MUTANTS: readonly Mutant[] = [
  mayUse('rights.reaches(server) && ', '', 'grants are not asked'),
  mayUse(
    'rights.reaches(server) && covers(scopes, server)',
    'rights.reaches(server)',
    'scopes are not asked',
  ),
  admission(
    "      if (!taken.ok) refuse(taken.retryAfterMs, 'user', principal, address);",
    '',
    'the rate limit is off',
  ),
  admission(
    'refusals.take(networkOf(address))',
    "refusals.take('all')",
    'refused credentials of one address lock out others',
  ),
  sessions(
    "if (session.principal !== caller.principal) return 'other_principal';",
    '',
    'a session of another person is accepted',
  ),
  sessions(
    "if (session.place !== place) return 'other_endpoint';",
    '',
    'a session of another endpoint is accepted',
  ),
  sessions("if (this.#ended.has(session.key)) return 'ended';", '', 'an ended session goes on'),
  inFile('src/proxy/session/client-sessions.ts', SESSIONS_TOLD)(
    'if (why) this.#deps.onRefused?.({ why, session, caller, place, address });',
    '',
    'a session id of another person is refused in silence',
  ),
  inFile('src/proxy/session/client-sessions.ts', SESSIONS_TOLD)(
    "    if (session.principal !== caller.principal) return 'other_principal';\n    if (session.place !== place) return 'other_endpoint';\n",
    "    if (session.place !== place) return 'other_endpoint';\n    if (session.principal !== caller.principal) return 'other_principal';\n",
    'a hijack hides behind another endpoint',
  ),
  sessions(
    'n: textOf(info.name),',
    "n: String(info.name ?? ''),",
    'a long name makes a session id that no header holds',
  ),
  upstream(
    "const principal = this.entry.stateless ? '*' : owner.principal;",
    "const principal = '*';",
    'people share a session with a server',
  ),
  upstream(
    'return session && (own === undefined || session.id === undefined) ? session : undefined;',
    'return session;',
    'client sessions share a session with a server',
  ),
  upstream(
    'if (this.#sessions.peek(session.key) === session) this.#sessions.delete(session.key);',
    'this.#sessions.delete(session.key);',
    'forgetting an old session ends the new one',
  ),
  ways(
    "if (entry.addressClass === 'public') return { isPrivateAllowed: false };",
    '',
    'a public name may come to lead to this machine',
  ),
  exchange('this.#calls >= MAX_CALLS', 'false', 'calls at once have no limit'),
  seats('this.#taken.delete(principal)', 'this.#taken.set(principal, left)', 'everybody is kept'),
  exchange(
    "breaker.failed('refused');",
    'breaker.succeeded();',
    'a server that refuses us counts as healthy',
  ),
  breaker(
    "if (this.#status.state !== 'down' || this.#failures < OPENS_AFTER) return true;",
    'return true;',
    'a dead server costs each call its patience',
  ),
  probe(
    'return reply.status === 401 || reply.status === 403 || reply.status === 429 || reply.status >= 500;',
    'return false;',
    'a refusal counts as evidence of an era',
  ),
  names('if (owner || this.#isForeign(entry, kind, candidate)) continue;', '', 'a taken name is published'),
  names('if (name.length <= MAX_NAME) return name;', 'return name;', 'names may be longer than models take'),
  names(
    'for (const row of await this.#deps.store.loadNames()) this.#take(row);',
    '',
    'a restart forgets whose a name is',
  ),
  view(
    'if (!kind && !hasLiteralScheme(definition.key)) return undefined;',
    '',
    'a greedy template is listed',
  ),
  view(
    "if (this.#catalogue.names.owner('resource', uri) && this.isAll) return undefined;",
    '',
    'a denied URI is tried at other servers',
  ),
  pages(
    'const from = known === -1 ? Math.max(0, index - 1) : known + 1;',
    'const from = index;',
    'a page that moved loses items',
  ),
  reading('      cursor = next;\n'.trim(), 'break;', 'further pages are forgotten'),
  reading(
    'if (next === undefined || cursors.has(next)) break;',
    'if (!next || cursors.has(next)) break;',
    'an empty cursor ends the list',
  ),
  inFile(route, ISOLATION)(
    '`${placeKey(call.place)} ${this.#grantKey(call.caller)} ',
    '`${placeKey(call.place)} ',
    'lists are kept without regard to who may see them',
  ),
  inFile(route, STRANGERS)(
    'if (entry && lacksScope(caller, entry.name))',
    'if (entry)',
    'a denied server is told from an unknown one',
  ),
  inFile(route, SCOPES)(
    '{ ...call, caller: withEveryScope(call.caller), session: undefined }',
    'call',
    'nobody is told which scope a call needs',
  ),
  mayUse(
    'return !mayUse(caller, server) && mayUse(withEveryScope(caller), server);',
    'return !mayUse(caller, server);',
    'what was not granted is told from what does not exist',
  ),
  inFile('src/proxy/compat/named-tool.ts', 'test/e2e/clients/tool-names-as-methods.test.ts')(
    "!view.find('tool', call.message.method)",
    'false',
    'a name that is no tool of the caller becomes a call',
  ),
  inFile('src/catalogue/security-schemes.ts', 'test/e2e/clients/security-schemes.test.ts')(
    'tool.has(NAME) || inMeta?.has(NAME)',
    'false',
    'the security schemes of a server are said twice',
  ),
  inFile('src/proxy/cursor.ts', 'test/proxy/cursors.test.ts')(
    'return `${call.caller.principal} ${placeKey(call.place)} ${call.message.method}`;',
    "return '';",
    'a cursor is good for everybody',
  ),
  inFile('src/proxy/planning/planned.ts', 'test/e2e/rights/ended-before-sent.test.ts')(
    'revoke: () => reject(accessEnded(server, false)),',
    'revoke: () => {},',
    'a call that waits for the era outlives its right',
  ),
  inFile('src/proxy/relay/in-flight.ts', ENDED)(
    'running.revoke();',
    'void running;',
    'a call outlives the right to make it',
  ),
  inFile('src/proxy/relay/in-flight.ts', ENDED)(
    'running.revoke();',
    "running.cancel('no longer allowed');",
    'a call whose right ended is not answered',
  ),
  inFile('src/proxy/bridge/new-server.ts', ENDED)(
    'this.#isOver ? undefined : await this.#round(retry);',
    'await this.#round(retry);',
    'a call whose right ended goes into another round',
  ),
  inFile('src/proxy/relay/may-run-again.ts', RETRIES)(
    "if (row.kind !== 'tool') return !ONCE.has(message.method);",
    'return true;',
    'a write is sent twice',
  ),
  inFile('src/proxy/relay/relay.ts', RETRIES)(
    'if (tries > 1 || this.#out.hasStarted || !mayRunAgain(outcome, this.#call, this.#plan))',
    '',
    'a read that broke off is not tried again',
  ),
  inFile(translate, BYTES)(
    'return { body: splice(bytes, splices), headers, method, id, progress };',
    "const meta = at?.get('_meta');\n  if (meta) splices.splice(1, 9, { ...meta, text: '{}' });\n  return { body: splice(bytes, splices), headers, method, id, progress };",
    '_meta is dropped',
  ),
  inFile(translate, BYTES)(
    'splice: { ...range, text: `"${ours}"` },',
    "splice: { ...range, text: call.message.bytes.toString('utf8', range.start, range.end) },",
    'the progress token is not swapped',
  ),
  inFile(translate, BYTES)(
    'if (!range || row.by === undefined || message.params[row.by] === original) return undefined;',
    'return undefined;',
    'a server is called by the exposed name',
  ),
  inFile(translate, HOSTILE)(
    "const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const;",
    "const TRACE_HEADERS = ['traceparent', 'cookie', 'authorization'] as const;",
    'the client’s credential goes to the server',
  ),
  inFile(answer, HOSTILE)(
    '    this.#flow = flow;\n'.trim(),
    "this.#flow = flow;\n    this.#options.call.exchange.response.setHeader('set-cookie', String(headers['set-cookie']));",
    'Set-Cookie of a server reaches the browser',
  ),
  inFile(answer, HOSTILE)(
    'if (this.#swap.hits === 0 && !this.#isIdlessError(body)) return this.#fail(this.#invalid());',
    '',
    'an answer with another id is passed on',
  ),
  inFile('src/proxy/out.ts', SLOW)(
    'if (length > BUFFERED_BYTES) response.setTimeout(this.#stallMs, () => response.destroy());',
    '',
    'a reader of a large list may stop for ever',
  ),
  inFile('src/proxy/out.ts', SLOW)(
    'else this.#expectReader();',
    'else void 0;',
    'a reader of a stream may stop for ever',
  ),
  inFile('src/proxy/relay/relay.ts', 'test/e2e/hostile-upstream.test.ts')(
    '    else running.leave();',
    '',
    'an endless answer goes on after its reader left',
  ),
  inFile('src/proxy/relay/deduplicate.ts', 'test/gateway/deduplicate.test.ts')(
    '      call.caller.principal,\n',
    '',
    'equal calls of two people run once',
  ),
];
