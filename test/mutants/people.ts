import { inFile, type Mutant } from './mutant.ts';

const sampleServer = inFile('src/cli/sample/sample-server.ts', 'test/cli/sample-server.test.ts');
const authenticate = inFile('src/auth/authenticate.ts', 'test/auth/authenticate.test.ts');
const proof = inFile('src/auth/proof.ts', 'test/auth/authenticate.test.ts');
const keyRing = inFile('src/auth/key-ring.ts', 'test/auth/key-rotation.test.ts');
const keptKeys = inFile('src/auth/keys/kept-keys.ts', 'test/auth/key-rotation.test.ts');
const passwords = inFile('src/auth/passwords.ts', 'test/auth/passwords.test.ts');
const live = inFile('src/live/live.ts', 'test/live/live.test.ts');
const snapshot = inFile('src/live/snapshot.ts', 'test/live/live.test.ts');
const policyOf = inFile('src/live/policy-of.ts', 'test/live/live.test.ts');
const buckets = inFile('src/shared/buckets.ts', 'test/shared/buckets.test.ts');
const nameKey = inFile('src/store/people/name-key.ts', 'test/store/users.test.ts');
const users = inFile('src/store/people/users.ts', 'test/store/users.test.ts');
const tokens = inFile('src/store/people/tokens.ts', 'test/store/tokens.test.ts');

/** Of the rooms that know who people are and what they may. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  sampleServer(
    'if (!isLocal(request)) return void response.writeHead(403).end();',
    '',
    'the sample server answers pages of other names',
  ),
  sampleServer(
    '    putEnvelopeFirst(transport);',
    '',
    'the first answer a person sees begins with its result',
  ),
  authenticate(
    "credential.kind === 'token' && !audience.includes(credential.audience)",
    'false',
    'a token for one server opens another',
  ),
  authenticate(
    'if (entry.snapshot !== snapshot) {',
    'if (false) {',
    'a remembered credential outlives its revocation',
  ),
  authenticate(
    'if (expiresAt !== undefined && this.#deps.clock.now() >= expiresAt) {',
    'if (false) {',
    'a remembered credential outlives its time',
  ),
  authenticate(
    '  if (!scopes.some(isMcpScope)) throw insufficientScope(scopes, server);',
    '',
    'a credential that says nothing of MCP opens it',
  ),
  authenticate(
    'verified.claims.iss === this.#deps.origin() && ',
    '',
    'a token of another issuer with our key is good',
  ),
  proof('snapshot.revoked.has(jti) || ', '', 'a revoked access token goes on'),
  proof('snapshot.revoked.has(family)', 'false', 'the access tokens of an ended login go on'),
  proof(
    'if (claims.iat === undefined) return undefined;',
    '',
    'a token without a claim that RFC 9068 requires is good',
  ),
  keyRing(
    'this.#isShared && typ === ACCESS_TOKEN && named',
    'this.#isShared && named',
    'an ID token may be signed with the shared secret',
  ),
  keptKeys('row.retiredAt > since', 'true', 'a former signing key counts for ever'),
  keptKeys(
    'for (const listener of [...this.#listeners]) listener();',
    'void 0;',
    'nobody hears of a rotation',
  ),
  inFile('src/store/people/keys.ts', 'test/store/tokens.test.ts')(
    'if ((await current.executeTakeFirst())?.kid !== from) return false;',
    '',
    'two rotations at once make two current keys',
  ),
  inFile('src/config/signing.ts', 'test/config/signing.test.ts')(
    'bits >= RSA_BITS',
    'bits > 0',
    'a short RSA key signs',
  ),
  passwords('if (queue.length >= waiting) throw', 'if (false) throw', 'logins wait without a limit'),
  passwords('.subarray(0, MOST_BYTES)', '', 'a password of megabytes is hashed'),
  live('      release();\n      end();', '      release();', 'what is no longer allowed goes on'),
  live(
    '    queueMicrotask(() => look(this.current()));',
    '',
    'a swap between decision and registration is missed',
  ),
  policyOf(
    'const rules = [...own, ...sources.rules];',
    'const rules = sources.rules;',
    'the grants of the file mean nothing',
  ),
  policyOf('before?.content === content', 'before !== undefined', 'a change of the rules changes nothing'),
  snapshot(
    '[...stored, ...fileServers(chosen)]',
    '[...fileServers(chosen), ...stored]',
    'the store hides the file',
  ),
  buckets('        bucket.level -= n;\n', '', 'a limit never ends'),
  nameKey(
    "return name.normalize('NFKC').toLowerCase();",
    'return name;',
    'two spellings of a name are two people',
  ),
  users("if (admin) return 'exists';", '', 'there is a second first administrator'),
  tokens(".where('usedAt', 'is', null)", '', 'a refresh token is spent twice'),
];
