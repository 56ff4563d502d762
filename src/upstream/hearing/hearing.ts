import { isObject } from '../../mcp/index.ts';
import { followSession } from '../follow.ts';
import type { SessionOwner } from '../owner.ts';
import type { UpstreamSession } from '../session.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
/** How long a stream is held after the last one who listened: the next call needs it again. */
const LINGER_MS = 30_000;
/** How long a call may wait for the stream on which its server might ask something. */
const READY_MS = 1_000;

/** Hears one message that a server says by itself; `true` when it took it. */
export type Listener = (data: string, session: UpstreamSession) => boolean | undefined;

/** What is heard of the sessions that are kept under one key, one after the other. */
type Ear = {
  readonly owner: SessionOwner;
  readonly listeners: Set<Listener>;
  session: UpstreamSession | undefined;
  stop: () => void;
  /** Resolves when it is known whether the session has such a stream. */
  ready: Promise<void>;
  timer: NodeJS.Timeout | undefined;
  pause: number;
};

type Deps = {
  /** Opens the owner's session, which is then told by `opened`. */
  reopen(owner: SessionOwner): UpstreamSession | Promise<UpstreamSession>;
  forget(session: UpstreamSession): void;
  /** A question of the server that nobody took. */
  onUntaken(data: string, session: UpstreamSession): void;
};

/**
 * Hears what a server's sessions say on their GET streams. Each session has one such stream, whoever listens: a server
 * says each message on one stream only (2025-11-25 basic/transports, "Multiple Connections"). A session that the
 * server lost is opened again while somebody listens.
 */
export class Hearing {
  readonly #deps: Deps;
  readonly #ears = new Map<string, Ear>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Begins to listen to the session under `key`, now or as soon as one is opened. Returns the way to stop. */
  hear(key: string, owner: SessionOwner, listener: Listener, open: UpstreamSession | undefined): () => void {
    let ear = this.#ears.get(key);
    if (!ear) {
      ear = {
        owner,
        listeners: new Set(),
        session: undefined,
        stop: () => {},
        ready: Promise.resolve(),
        timer: undefined,
        pause: FIRST_RETRY_MS,
      };
      this.#ears.set(key, ear);
    }
    if (ear.listeners.size === 0 && ear.session) clearTimeout(ear.timer);
    ear.listeners.add(listener);
    if (open && !open.isEnded && ear.session !== open) this.#follow(ear, open);
    return () => this.#leave(key, listener);
  }

  /** Resolves when the stream of this session is open, or there is none, or it takes too long. */
  async ready(session: UpstreamSession): Promise<void> {
    const ear = this.#ears.get(session.key);
    if (ear?.session === session) await ear.ready;
  }

  /** A session was opened: whoever listened to the one before listens to it. */
  opened(session: UpstreamSession): void {
    const ear = this.#ears.get(session.key);
    if (!ear) return;
    ear.pause = FIRST_RETRY_MS;
    this.#follow(ear, session);
  }

  close(): void {
    for (const ear of this.#ears.values()) this.#end(ear);
    this.#ears.clear();
  }

  #follow(ear: Ear, session: UpstreamSession): void {
    this.#end(ear);
    ear.session = session;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, READY_MS).unref();
    ear.ready = promise;
    ear.stop = followSession(session, data => this.#say(ear, data, session), {
      onLost: () => this.#lost(ear, session),
      onKnown: () => {
        clearTimeout(timer);
        resolve();
      },
    });
  }

  /** A question is one listener's alone: whoever came last, as a call that runs now. */
  #say(ear: Ear, data: string, session: UpstreamSession): void {
    const message: unknown = JSON.parse(data);
    const isQuestion = isObject(message) && message.id !== undefined && message.method !== undefined;
    let isTaken = false;
    // One person's sessions may share this one: everything is told to each of them, a question is asked once.
    for (const listener of [...ear.listeners].reverse()) {
      if (listener(data, session) === true) isTaken = true;
      if (isTaken && isQuestion) return;
    }
    if (!isTaken) this.#deps.onUntaken(data, session);
  }

  #lost(ear: Ear, session: UpstreamSession): void {
    if (ear.session !== session) return;
    this.#end(ear);
    this.#deps.forget(session);
    if (ear.listeners.size === 0) return;
    ear.timer = setTimeout(() => void this.#reopen(ear), ear.pause).unref();
    ear.pause = Math.min(LONGEST_RETRY_MS, ear.pause * 2);
  }

  async #reopen(ear: Ear): Promise<void> {
    try {
      const session = await this.#deps.reopen(ear.owner);
      if (ear.listeners.size > 0 && ear.session !== session) this.#follow(ear, session);
    } catch {
      if (ear.listeners.size === 0) return;
      ear.timer = setTimeout(() => void this.#reopen(ear), ear.pause).unref();
      ear.pause = Math.min(LONGEST_RETRY_MS, ear.pause * 2);
    }
  }

  #leave(key: string, listener: Listener): void {
    const ear = this.#ears.get(key);
    if (!ear?.listeners.delete(listener) || ear.listeners.size > 0) return;
    clearTimeout(ear.timer);
    if (!ear.session || ear.session.isEnded) return this.#forget(key, ear);
    ear.timer = setTimeout(() => ear.listeners.size === 0 && this.#forget(key, ear), LINGER_MS).unref();
  }

  #forget(key: string, ear: Ear): void {
    this.#end(ear);
    if (this.#ears.get(key) === ear) this.#ears.delete(key);
  }

  #end(ear: Ear): void {
    clearTimeout(ear.timer);
    ear.stop();
    ear.stop = () => {};
    ear.session = undefined;
  }
}
