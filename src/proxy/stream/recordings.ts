import type { ServerResponse } from 'node:http';
import { type Clock, randomToken } from '../../base/index.ts';
import type { Entry } from '../../ledger/index.ts';
import type { ClientSession } from '../session/client-sessions.ts';

/** Whose stream it is: what resumes it must be of the same session, and may still use the server that speaks on it. */
export type Source = {
  readonly session: ClientSession | undefined;
  readonly entry: Pick<Entry, 'server'> & Partial<Pick<Entry, 'target' | 'method'>>;
};

/** The stream itself: it goes on where the client comes back, and ends when nobody does. */
export type Recorded = {
  /** Goes on at `response`, after these events. */
  attach(response: ServerResponse, events: readonly Buffer[]): void;
  /** Nobody came back in time. */
  abandon(): void;
  /** What was sent so far. */
  readonly bytes: number;
};

/** `get` streams go on for ever, `post` streams until their answer. */
export type RecordedKind = 'get' | 'post';

export type Limits = { readonly streamBytes: number; readonly allBytes: number; readonly ms: number };

export const LIMITS: Limits = { streamBytes: 256 * 1024, allBytes: 64 * 1024 * 1024, ms: 5 * 60_000 };

/** What an event and a stream cost besides their bytes. */
const EVENT_BYTES = 64;
const STREAM_BYTES = 512;
/** When a client whose stream broke should come back (SEP-1699). */
const RETRY_MS = 1_000;
const MAX_AWAY = 32;
const MARKS = { get: 'g', post: 'p' } as const;

type Kept = { readonly n: number; readonly frame: Buffer; readonly at: number };

/** The last events of one stream, under ids that name the stream and the place in it. */
export class Recording {
  readonly id: string;
  readonly kind: RecordedKind;
  readonly source: Source;
  readonly stream: Recorded;
  readonly #all: Recordings;
  #kept: Kept[] = [];
  #keptBytes = STREAM_BYTES;
  #last = 0;
  /** The last event that a client was there for. */
  #lastMet = 0;
  /** Since when nobody is connected, or everything is said. */
  #idleSince: number | undefined;
  isEnded = false;

  constructor(kind: RecordedKind, source: Source, stream: Recorded, all: Recordings) {
    this.id = `${MARKS[kind]}${randomToken(16)}`;
    this.kind = kind;
    this.source = source;
    this.stream = stream;
    this.#all = all;
  }

  get bytes(): number {
    return this.#keptBytes;
  }

  get idleSince(): number | undefined {
    return this.#idleSince;
  }

  /** The number of the last event. */
  get last(): number {
    return this.#last;
  }

  /** An event without data from which the client can begin again (2025-11-25 transports, "Sending Messages"). */
  prime(): Buffer {
    return Buffer.from(`id: ${this.id}-0\nretry: ${RETRY_MS}\ndata: \n\n`);
  }

  /** The event with its id, kept; one that is too large to keep goes on without. */
  add(frame: Buffer): Buffer {
    if (frame.length > this.#all.limits.streamBytes) return frame;
    const n = ++this.#last;
    const told = Buffer.concat([Buffer.from(`id: ${this.id}-${n}\n`), frame]);
    this.#kept.push({ n, frame: told, at: this.#all.now() });
    this.#grow(told.length + EVENT_BYTES);
    while (this.#keptBytes > this.#all.limits.streamBytes + STREAM_BYTES) this.#dropOldest();
    return told;
  }

  /** What came after event `n`, as far as it is kept. */
  after(n: number): readonly Buffer[] {
    return this.#kept.filter(event => event.n > n).map(event => event.frame);
  }

  /** What was said while nobody was there, without ids: it may go on another stream, once. */
  takeUnsent(): readonly Buffer[] {
    if (this.#idleSince === undefined) return [];
    const frames = this.after(this.#lastMet).map(withoutId);
    this.#lastMet = this.#last;
    return frames;
  }

  /** Whether something after event `n` is kept no more. */
  hasGap(n: number): boolean {
    return (this.#kept[0]?.n ?? this.#last + 1) > n + 1;
  }

  /** Everything is said; it may still be asked for again. */
  end(): void {
    this.isEnded = true;
    this.#all.met(this);
    this.left();
  }

  /** The client is gone. */
  left(): void {
    if (this.#idleSince !== undefined) return;
    this.#idleSince = this.#all.now();
    this.#lastMet = this.#last;
    if (!this.isEnded) this.#all.left(this);
  }

  /** The client is there again. */
  met(): void {
    if (this.isEnded) return;
    this.#idleSince = undefined;
    this.#all.met(this);
  }

  /** Gives up what is older than `at`, or everything. */
  forget(at = Number.POSITIVE_INFINITY): void {
    while (this.#kept[0] && this.#kept[0].at < at) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#kept.shift();
    if (oldest) this.#grow(-oldest.frame.length - EVENT_BYTES);
  }

  #grow(by: number): void {
    this.#keptBytes += by;
    this.#all.grew(this, by);
  }
}

/** The event as another stream may send it. */
export function withoutId(event: Buffer): Buffer {
  return event.subarray(event.indexOf('\n') + 1);
}

const EVENT_ID = /^([gp][\w-]{22})-(\d{1,15})$/;

/** What `Last-Event-ID` names: a stream and the last event that the client has; `kind` alone once it is forgotten. */
export type Found =
  | { readonly recording: Recording; readonly after: number }
  | { readonly recording: undefined; readonly kind: RecordedKind | undefined };

/** The streams of this process that a client may come back to. */
export class Recordings {
  readonly limits: Limits;
  readonly #clock: Clock;
  /** In the order of their last event. */
  readonly #open = new Map<string, Recording>();
  /** By person: the GET streams whose client left. */
  readonly #away = new Map<string, Set<Recording>>();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(clock: Clock, limits: Limits = LIMITS) {
    this.limits = limits;
    this.#clock = clock;
    this.#timer = setInterval(() => this.sweep(), limits.ms / 10).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  now(): number {
    return this.#clock.now();
  }

  begin(kind: RecordedKind, source: Source, stream: Recorded): Recording {
    const recording = new Recording(kind, source, stream, this);
    this.#open.set(recording.id, recording);
    this.#bytes += recording.bytes;
    return recording;
  }

  /** Only the session's own streams are found, whatever id is asked for. */
  find(lastEventId: string, session: ClientSession): Found {
    const [, id = '', n = ''] = EVENT_ID.exec(lastEventId) ?? [];
    const recording = this.#open.get(id);
    const isOwn = recording?.source.session?.key === session.key && Number(n) <= recording.last;
    if (recording && isOwn && !this.#isOver(recording)) return { recording, after: Number(n) };
    return {
      recording: undefined,
      kind: id.startsWith('g') ? 'get' : id.startsWith('p') ? 'post' : undefined,
    };
  }

  /** Keeps within the limit: the streams that were quiet longest lose what they kept. */
  grew(recording: Recording, by: number): void {
    this.#bytes += by;
    if (by < 0) return;
    this.#open.delete(recording.id);
    this.#open.set(recording.id, recording);
    for (const quiet of this.#open.values()) {
      if (this.#bytes <= this.limits.allBytes) return;
      if (quiet.idleSince !== undefined && quiet.isEnded) this.drop(quiet);
      else quiet.forget();
    }
  }

  /** Of a person's GET streams only so many wait for their client: the one that waits longest ends. */
  left(recording: Recording): void {
    const principal = recording.source.session?.principal;
    if (recording.kind !== 'get' || principal === undefined) return;
    const away = this.#away.get(principal) ?? new Set();
    this.#away.set(principal, away.add(recording));
    const [longest] = away;
    if (away.size <= MAX_AWAY || !longest) return;
    this.drop(longest);
    longest.stream.abandon();
  }

  met(recording: Recording): void {
    const principal = recording.source.session?.principal ?? '';
    const away = this.#away.get(principal);
    if (away?.delete(recording) && away.size === 0) this.#away.delete(principal);
  }

  drop(recording: Recording): void {
    this.met(recording);
    if (!this.#open.delete(recording.id)) return;
    this.#bytes -= recording.bytes;
  }

  /** Ends what nobody came back to, and forgets what is too old to be asked for. */
  sweep(): void {
    const oldest = this.now() - this.limits.ms;
    for (const recording of [...this.#open.values()]) {
      recording.forget(oldest);
      if (!this.#isOver(recording)) continue;
      this.drop(recording);
      if (!recording.isEnded) recording.stream.abandon();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#open.clear();
    this.#away.clear();
  }

  #isOver({ idleSince }: Recording): boolean {
    return idleSince !== undefined && idleSince + this.limits.ms <= this.now();
  }
}
