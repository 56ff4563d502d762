/** What the flawed server can do wrong, by the check that must find it. */
export const FLAWS = [
  'foreign-origin',
  'foreign-host',
  'open-cors',
  'content-type',
  'anyone-lists',
  'anyone-calls',
  'anyone-initializes',
  'any-token',
  'unsigned-token',
  'foreign-audience',
  'token-in-query',
  'no-challenge',
  'no-resource-metadata',
  'resource-mismatch',
  'issuer-mismatch',
  'pkce',
  'insecure-authorization',
  'hidden-characters',
  'instructions-to-the-model',
  'shadowing-names',
  'broad-schemas',
  'no-annotations',
  'lying-annotations',
  'stack-traces',
  'secrets',
  'server-version',
  'weak-session-ids',
  'chosen-session-id',
  'session-is-login',
  'foreign-session',
  'unknown-session',
  'ended-session',
  'bad-json',
  'unknown-method',
  'unknown-version',
  'batch',
  'huge-message',
  'deep-message',
  'no-limit',
  'no-guess-limit',
] as const;
export type Flaw = (typeof FLAWS)[number];

/** One hides the other: where there is no document, nothing is wrong with it. */
const EITHER: readonly (readonly [Flaw, Flaw])[] = [
  ['no-resource-metadata', 'resource-mismatch'],
  ['unknown-session', 'ended-session'],
  // Whoever may use any token may guess.
  ['any-token', 'no-guess-limit'],
];

const OF_SESSIONS: readonly Flaw[] = [
  'weak-session-ids',
  'chosen-session-id',
  'session-is-login',
  'foreign-session',
  'unknown-session',
  'ended-session',
];

/** Numbers from a seed (mulberry32). */
function* numbers(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}

/** A set of flaws from a seed: about a third of them, without those that hide each other. */
export function flawsOf(seed: number, hasSessions: boolean): ReadonlySet<Flaw> {
  const random = numbers(seed);
  const chosen = new Set(FLAWS.filter(() => random.next().value < 1 / 3));
  for (const [one, other] of EITHER) if (chosen.has(one)) chosen.delete(other);
  if (!hasSessions) for (const flaw of OF_SESSIONS) chosen.delete(flaw);
  return chosen;
}
