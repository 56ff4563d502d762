import type { AnswerSink, Flow } from '../http/index.ts';
import { FrameSplitter, type Params, parseFrame } from '../mcp/index.ts';
import type { Leg } from './leg.ts';
import { modernHeaders } from './probe.ts';
import { contentType } from './reply.ts';
import type { UpstreamSession } from './session.ts';

const FRAME_BYTES = 4 * 1024 * 1024;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

type Follow = {
  /** Sends the request; returns the way to abort. */
  open(sink: AnswerSink): () => void;
  onData(data: string): void;
  /** Whether it is still worth opening again. */
  isWanted(): boolean;
};

/**
 * Keeps one long-lived stream of a server open, again and again, with a growing pause. A server that has none says
 * so by its status (405, or anything but an event stream) and is left alone.
 */
function follow({ open, onData, isWanted }: Follow): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let abort: () => void = () => {};
  let pause = FIRST_RETRY_MS;
  const again = (): void => {
    if (isStopped || !isWanted()) return;
    timer = setTimeout(start, pause);
    timer.unref();
    pause = Math.min(LONGEST_RETRY_MS, pause * 2);
  };
  const start = (): void => {
    const frames = new FrameSplitter(FRAME_BYTES);
    let flow: Flow | undefined;
    let isStream = false;
    abort = open({
      onStart(status, headers, running) {
        flow = running;
        isStream = status === 200 && contentType(headers) === 'text/event-stream';
        if (!isStream) running.abort();
      },
      onData(chunk) {
        if (!isStream) return;
        try {
          for (const frame of frames.push(chunk)) {
            const data = parseFrame(frame)?.data;
            if (data !== undefined) onData(data);
          }
          pause = FIRST_RETRY_MS;
        } catch {
          flow?.abort();
        }
      },
      onEnd: () => isStream && again(),
      onFailure: failure => {
        if (isStream || failure.kind === 'unreachable') again();
      },
    });
  };
  start();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    abort();
  };
}

/** The GET stream of a session (2025-11-25 transports, "Listening for Messages from the Server"). */
export function followSession(session: UpstreamSession, onData: (data: string) => void): () => void {
  const headers = { ...session.headers, accept: 'text/event-stream' };
  return follow({ open: sink => session.leg.get(headers, sink), onData, isWanted: () => !session.isEnded });
}

/** `subscriptions/listen` of 2026-07-28 with this filter; `meta` is the request's `_meta`. */
export function followSubscription(
  leg: Leg,
  notifications: Params,
  meta: Params,
  onData: (data: string) => void,
): () => void {
  const method = 'subscriptions/listen';
  const open = (sink: AnswerSink): (() => void) => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: leg.nextId(),
      method,
      params: { _meta: meta, notifications },
    });
    return leg.post(body, modernHeaders(method), sink, 'stream');
  };
  return follow({ open, onData, isWanted: () => true });
}
