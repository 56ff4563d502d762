import { inFile, type Mutant } from './mutant.ts';

const sampleServer = inFile('src/cli/sample-server.ts', 'test/cli/sample-server.test.ts');
const authenticate = inFile('src/auth/authenticate.ts', 'test/auth/authenticate.test.ts');
const proof = inFile('src/auth/proof.ts', 'test/auth/authenticate.test.ts');
const passwords = inFile('src/auth/passwords.ts', 'test/auth/passwords.test.ts');
const live = inFile('src/live/live.ts', 'test/live/live.test.ts');
const snapshot = inFile('src/live/snapshot.ts', 'test/live/live.test.ts');
const buckets = inFile('src/shared/buckets.ts', 'test/shared/buckets.test.ts');
const users = inFile('src/store/users.ts', 'test/store/users.test.ts');
const tokens = inFile('src/store/tokens.ts', 'test/store/tokens.test.ts');

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
  authenticate('  checkScope(scopes, server);', '', 'scopes mean nothing'),
  authenticate(
    'verified.claims.iss === this.#deps.origin() && ',
    '',
    'a token of another issuer with our key is good',
  ),
  proof('snapshot.revoked.has(jti) || ', '', 'a revoked access token goes on'),
  proof('snapshot.revoked.has(family)', 'false', 'the access tokens of an ended login go on'),
  proof('if (!limit) return own;', 'return own;', 'a key for one server sees all that its owner may'),
  passwords('if (queue.length >= waiting) throw', 'if (false) throw', 'logins wait without a limit'),
  passwords('.subarray(0, MOST_BYTES)', '', 'a password of megabytes is hashed'),
  live('      release();\n      end();', '      release();', 'what is no longer allowed goes on'),
  live(
    '    queueMicrotask(() => look(this.#snapshot));',
    '',
    'a swap between decision and registration is missed',
  ),
  snapshot('grants.get(user.id)?.add(server.name);', '', 'the grants of the file mean nothing'),
  snapshot('[...stored, ...fileServers()]', '[...fileServers(), ...stored]', 'the store hides the file'),
  buckets('        bucket.level -= n;\n', '', 'a limit never ends'),
  users(
    "return name.normalize('NFKC').toLowerCase();",
    'return name;',
    'two spellings of a name are two people',
  ),
  users("if (admin) return 'exists';", '', 'there is a second first administrator'),
  tokens(".where('usedAt', 'is', null)", '', 'a refresh token is spent twice'),
];
