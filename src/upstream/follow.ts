import type { AnswerSink, Flow } from '../http/index.ts';
import { FrameSplitter, type Params, parseFrame } from '../mcp/index.ts';
import type { Leg } from './leg.ts';
import { modernHeaders } from './probe.ts';
import { contentType } from './reply.ts';
import type { UpstreamSession } from './session.ts';
import { StreamPosition } from './streams/resumption.ts';

const FRAME_BYTES = 4 * 1024 * 1024;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

type Follow = {
  /** Sends the request, with these headers besides its own; returns the way to abort. */
  open(sink: AnswerSink, headers: Readonly<Record<string, string>>): () => void;
  onData(data: string): void;
  /** Whether it is still worth opening again. */
  isWanted(): boolean;
  /** The server does not know the session. */
  onLost?(): void;
  /** Whether there is a stream is known for the first time. */
  onKnown?(): void;
};

/** Not now: the server is starting, or has not noticed yet that the former stream is closed. */
const LATER = new Set([409, 502, 503, 504]);

/**
 * There is no such stream any more, or the credential is refused: that one waits for a person. Anything else that is
 * said of a stream that has been open once is trouble of the server or of what stands before it.
 */
const FINAL = new Set([401, 403, 405]);

/**
 * Keeps one long-lived stream of a server open, again and again from where it was, with a growing pause or the one that
 * the server asks for. A server that has none says so by its status (405, or anything but an event stream) and is left
 * alone.
 */
function follow({ open, onData, isWanted, onLost, onKnown }: Follow): () => void {
  const position = new StreamPosition();
  let isStopped = false;
  let wasOpen = false;
  let timer: NodeJS.Timeout | undefined;
  let abort: () => void = () => {};
  let pause = FIRST_RETRY_MS;
  const again = (): void => {
    if (isStopped || !isWanted()) return;
    timer = setTimeout(start, Math.max(pause - FIRST_RETRY_MS, position.retryMs ?? pause));
    timer.unref();
    pause = Math.min(LONGEST_RETRY_MS, pause * 2);
  };
  const refused = (status: number): void => {
    if (status === 404 && onLost) return onLost();
    const isLater = LATER.has(status);
    if (!isLater && !position.isKnown && (!wasOpen || FINAL.has(status))) return;
    // What the server no longer goes on from may begin anew.
    if (!isLater) position.forget();
    again();
  };
  const start = (): void => {
    const frames = new FrameSplitter(FRAME_BYTES);
    let flow: Flow | undefined;
    let isStream = false;
    const sink: AnswerSink = {
      onStart(status, headers, running) {
        flow = running;
        isStream = status === 200 && contentType(headers) === 'text/event-stream';
        onKnown?.();
        wasOpen ||= isStream;
        if (isStream) return;
        running.abort();
        if (!isStopped) refused(status);
      },
      onData(chunk) {
        if (!isStream) return;
        try {
          for (const frame of frames.push(chunk)) {
            const data = parseFrame(frame)?.data;
            if (data !== undefined) onData(data);
            position.note(frame);
          }
          pause = FIRST_RETRY_MS;
        } catch {
          flow?.abort();
        }
      },
      onEnd: () => isStream && again(),
      onFailure: failure => {
        onKnown?.();
        if (isStream || failure.kind === 'unreachable' || failure.kind === 'broken') again();
      },
    };
    abort = open(sink, position.headers);
  };
  start();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    abort();
  };
}

/**
 * The GET stream of a session (2025-11-25 transports, "Listening for Messages from the Server"). `onLost` is called
 * once when the server does not know the session any more, `onKnown` when it is known whether there is a stream.
 */
export function followSession(
  session: UpstreamSession,
  onData: (data: string) => void,
  on: { readonly onLost?: () => void; readonly onKnown?: () => void } = {},
): () => void {
  return follow({
    open: (sink, headers) => session.leg.get({ ...session.headers, ...headers }, sink),
    onData,
    isWanted: () => !session.isEnded,
    ...on,
  });
}

type Subscribe = (
  leg: Leg,
  notifications: Params,
  meta: Params,
  onData: (data: string) => void,
) => () => void;

function subscribeAs(use: 'stream' | 'watch'): Subscribe {
  const method = 'subscriptions/listen';
  return (leg, notifications, meta, onData) => {
    const open = (sink: AnswerSink): (() => void) => {
      const params = { _meta: meta, notifications };
      const body = JSON.stringify({ jsonrpc: '2.0', id: leg.nextId(), method, params });
      return leg.post(body, modernHeaders(method), sink, use);
    };
    return follow({ open, onData, isWanted: () => true });
  };
}

/** `subscriptions/listen` of 2026-07-28 with this filter; `meta` is the request's `_meta`. */
export const followSubscription = subscribeAs('stream');

/** The same for the gateway's own sake: no program is started for it, and none kept running. */
export const watchSubscription = subscribeAs('watch');
