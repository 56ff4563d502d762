import type { EgressFailure } from '../../http/index.ts';

/** Why a pipe ended, or a message was not taken: as a failed connection would say it, or by an HTTP status. */
export type PipeEnd =
  | { readonly kind: EgressFailure['kind']; readonly cause?: unknown }
  | { readonly status: number };

export type Written = (refused: PipeEnd | undefined) => void;

export type PipeEvents = {
  /** It is being opened now: nothing holds it up any more. */
  onStart(): void;
  /** The first sign of life. */
  onAwake(): void;
  /** One whole message; its bytes are kept by nobody else. */
  onMessage(message: Buffer): void;
  /** It ended by itself, or never opened. Said once; nothing follows. */
  onEnd(end: PipeEnd): void;
};

/** A way to one server that carries messages in both directions, without requests that frame them. */
export type Pipe = {
  /** `done` once it is on its way, or with why the server did not take it, while the pipe may go on. */
  write(message: Buffer, done: Written): void;
  /** Ends it from our side; no event follows. */
  close(): void;
};

/** Opens a pipe. No event comes before it has returned. */
export type Connect = (events: PipeEvents) => Pipe;
