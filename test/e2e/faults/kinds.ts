/** By which way the gateway reaches the server, and which protocol is spoken there. */
export const TRANSPORTS = ['http-2025', 'http-2026', 'sse', 'stdio'] as const;

/** What the server has said of its answer when the fault comes; the last two: of the call, and of nothing. */
export const PHASES = ['before', 'mid-headers', 'mid-body', 'mid-frame', 'parked', 'listening'] as const;

export const FAULTS = [
  'killed',
  'silence',
  'garbage',
  'huge',
  'wrong-type',
  'wrong-id',
  'twice',
  'other-id',
  'endless-progress',
  'stopped',
  'status-500',
  'status-404',
  'status-401',
] as const;

export type Transport = (typeof TRANSPORTS)[number];
export type Phase = (typeof PHASES)[number];
export type FaultKind = (typeof FAULTS)[number];

/** Which protocol the client speaks. */
export type ClientEra = 'legacy' | 'modern';

/**
 * What a client is told: the code of a fault and whether the call may have run, or one of these.
 * - `answers`: the call's own answer, whole
 * - `cut`: the answer had begun as one JSON text, which can only break off
 * - `until cancelled`: signs of life go on for as long as the client wants them
 * - `hears`: nothing of it, and what the server says by itself later is heard
 * - `parks`: nothing of it; a refused credential is not tried again at once, and the next call may be told so
 */
export type Outcome =
  | `${1001 | 1002 | 1003 | 1008 | 1009} ${'ran' | 'not run'}`
  | 'answers'
  | 'cut'
  | 'until cancelled'
  | 'hears'
  | 'parks';

/** `n/a`: there is no such thing, and why. */
export type Cell = Outcome | `n/a: ${string}` | Readonly<Record<ClientEra, Outcome>>;

export type Table = Readonly<Record<Phase, Readonly<Record<FaultKind, Cell>>>>;
