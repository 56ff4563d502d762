import { inFile, type Mutant } from '../mutant.ts';

const EVERY = 'test/gateway/every-event.test.ts';
const TOLD = 'test/gateway/security-events.test.ts';
const SESSIONS = 'test/gateway/session-events.test.ts';
const PAYLOADS = 'test/ledger/detectors/payload.test.ts';
const WITHHELD = 'test/gateway/definitions/withheld.test.ts';
const DEFINITIONS = 'test/gateway/definitions.test.ts';
const GUESSING = 'test/ledger/detectors/guessing.test.ts';

const detecting = inFile('src/gateway/detecting.ts', EVERY);
const door = inFile('src/gateway/door-events.ts', SESSIONS);
const blocked = inFile('src/auth/login/blocked-addresses.ts', EVERY);
const throttle = inFile('src/auth/login/login-throttle.ts', GUESSING);
const event = inFile('src/ledger/kinds/event.ts', SESSIONS);
const payload = inFile('src/ledger/detectors/payload/payload.ts', PAYLOADS);

/** Of what is noticed, and what is done about it. */
export const DETECTOR_MUTANTS: readonly Mutant[] = [
  inFile('src/ledger/ledger.ts', EVERY)(
    'if (this.#deps.isTold?.(event.type) === false) return;',
    '',
    'what is switched off is told',
  ),
  detecting("return attitudes[`detectors.${type}`] ?? 'log';", "return 'log';", 'no setting has an effect'),
  detecting(
    "settings['detectors.brute_force'] === 'block'",
    "settings['detectors.brute_force'] !== 'off'",
    'guessing is blocked where it is to be told',
  ),
  inFile('src/gateway/detecting.ts', DEFINITIONS)(
    'await withhold(store, server, what, { at, by });',
    '',
    'a tool that changed goes on',
  ),
  inFile('src/policy/rights.ts', WITHHELD)(
    'return this.#on(server).switches?.isSilent !== true;',
    'return true;',
    'what is withheld is told',
  ),
  inFile('src/policy/rights.ts', WITHHELD)(
    'switches.prompts?.has(name)',
    'false',
    'a prompt that is withheld is shown',
  ),
  inFile('src/catalogue/catalogue.ts', WITHHELD)(
    'onCollision: collision => this.#arrivals.collided(collision),',
    'onCollision: () => undefined,',
    'a taken name goes untold',
  ),
  door("why === 'other_principal'", "why === 'ended'", 'a hijack is told as any other refusal'),
  door(
    "if (fault.fault === 'origin_refused')",
    "if (fault.fault === 'bad_path')",
    'pages of elsewhere go untold',
  ),
  inFile('src/gateway/door-events.ts', TOLD)(
    "if (fault.data?.header === 'authorization')",
    "if (fault.data?.header === 'host')",
    'a credential that stands twice goes untold',
  ),
  inFile('src/gateway/path.ts', EVERY)(
    'if (isEnded && refused.session) endSession(',
    'if (!isEnded && refused.session) endSession(',
    'a hijack ends sessions where it is to be told, and not where it is to be blocked',
  ),
  event(
    'cut(printable(cut(text, SAMPLE_LENGTH)), SAMPLE_LENGTH)',
    'text',
    'a stranger writes as much as they like',
  ),
  event(
    "key: [type, address ?? '', principal ?? '', server ?? '', detail].join(' '),",
    "key: [type, address ?? '', principal ?? '', server ?? '', told].join(' '),",
    'a flood with another word each time is a flood of rows',
  ),
  blocked(
    'if (duration !== undefined && left(address) === 0)',
    'if (duration !== undefined)',
    'who asks again is kept out for ever',
  ),
  blocked(
    'const network = networkOf(address);',
    'const network = address;',
    'of a network of IPv6 one address is kept out',
  ),
  inFile('src/auth/login/check-password.ts', EVERY)(
    'if (attempt.browser === undefined) blocked?.check(attempt.address);',
    '',
    'an address that guesses is told and not kept out',
  ),
  throttle('return isBesieged;', 'return false;', 'a thousand addresses that try once each are nothing'),
  throttle("refuse(taken.retryAfterMs, 'address');", '', 'one password at many accounts is nothing'),
  inFile('src/proxy/refusal-events.ts', TOLD)(
    "type: isInvalid ? 'invalid_token' : 'unauthorized_access'",
    "type: 'unauthorized_access'",
    'a bearer that is not valid is told as none',
  ),
  payload(String.raw`['..[/\\\\%;.]', BIT.path],`, '', 'paths that lead out are not looked for'),
  payload(' && isOn(name));', ');', 'a detector that is off looks'),
  inFile('src/ledger/detectors/payload/payload.ts', 'test/ledger/detectors/oversize.test.ts')(
    'size <= looking.mostBytes ||',
    'size <= 2 * looking.mostBytes ||',
    'oversize begins at twice the limit',
  ),
  inFile('src/http/address.ts', 'test/ledger/detectors/addresses.test.ts')(
    "return isGlobal(parsed) ? 'public' : 'never';",
    "return 'public';",
    'ways of IPv6 lead inside',
  ),
];
