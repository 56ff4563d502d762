import { Fault, toFault } from '../base/index.ts';
import type { AnswerHeaders, AnswerSink, EgressFailure, Flow } from '../http/index.ts';
import { FrameSplitter, isObject, type Params, parseFrame } from '../mcp/index.ts';

/** What became of one request of the gateway's own. `headers` are the server's; nothing of them is passed on. */
export type Reply =
  | {
      readonly kind: 'result';
      readonly result: Params;
      readonly bytes: Buffer;
      readonly headers: AnswerHeaders;
    }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly message: string;
      readonly data: unknown;
      readonly status: number;
    }
  /** Answered, but by no JSON-RPC message. */
  | { readonly kind: 'http'; readonly status: number; readonly headers: AnswerHeaders }
  /** `cause`: the Fault, where there was no credential to ask with. */
  | {
      readonly kind: 'failed';
      readonly failure: EgressFailure['kind'] | 'timeout';
      readonly cause?: unknown;
    };

export function contentType(headers: AnswerHeaders): string {
  const value = headers['content-type'];
  const text = typeof value === 'string' ? value : (value?.[0] ?? '');
  return text.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The message as a reply to `id`, or undefined when it is something else. */
function asReply(bytes: Buffer, id: string, status: number, headers: AnswerHeaders): Reply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (
    !isObject(value) ||
    (value.id !== id && !(value.error && (value.id === null || value.id === undefined)))
  )
    return undefined;
  if (isObject(value.result)) return { kind: 'result', result: value.result, bytes, headers };
  const error = value.error;
  if (!isObject(error) || typeof error.code !== 'number') return undefined;
  const message = typeof error.message === 'string' ? error.message : '';
  return { kind: 'error', code: error.code, message, data: error.data, status };
}

type Gathering = { readonly id: string; readonly limit: number; readonly done: (reply: Reply) => void };

/**
 * Collects the answer to one request of ours, at most `limit` bytes, from JSON or from an event stream. Messages of
 * the server that are no answer are left out: nobody could be asked.
 */
export function gather({ id, limit, done }: Gathering): AnswerSink {
  const chunks: Buffer[] = [];
  const splitter = new FrameSplitter(limit);
  let size = 0;
  let status = 0;
  let headers: AnswerHeaders = {};
  let flow: Flow | undefined;
  let isStream = false;
  let isDone = false;
  const finish = (reply: Reply): void => {
    if (isDone) return;
    isDone = true;
    done(reply);
    flow?.abort();
  };
  const readFrames = (chunk: Buffer): void => {
    for (const frame of splitter.push(chunk)) {
      const data = parseFrame(frame)?.data;
      const reply = data === undefined ? undefined : asReply(Buffer.from(data), id, status, headers);
      if (reply) finish(reply);
    }
  };
  return {
    onStart(code, received, running) {
      status = code;
      headers = received;
      flow = running;
      isStream = contentType(received) === 'text/event-stream';
    },
    onData(chunk) {
      size += chunk.length;
      if (size > limit) return finish({ kind: 'failed', failure: 'invalid' });
      if (!isStream) return void chunks.push(chunk);
      try {
        readFrames(chunk);
      } catch (error) {
        if (toFault(error).fault !== 'upstream_invalid') throw error;
        finish({ kind: 'failed', failure: 'invalid' });
      }
    },
    onEnd() {
      if (isStream) return finish({ kind: 'failed', failure: 'broken' });
      finish(asReply(Buffer.concat(chunks), id, status, headers) ?? { kind: 'http', status, headers });
    },
    onFailure(failure) {
      const { kind, cause } = failure;
      finish({ kind: 'failed', failure: kind, ...(kind === 'unconnected' && { cause }) });
    },
  };
}

/** The fault that a caller is told for a reply that is no result. */
export function faultOf(reply: Exclude<Reply, { kind: 'result' }>, server: string): Fault {
  if (reply.kind === 'error')
    return new Fault('upstream_invalid', { data: { server, upstreamCode: reply.code } });
  if (reply.kind === 'http') return faultOfStatus(reply.status, server, false);
  if (reply.failure === 'full') return tooManyProcesses(server);
  if (reply.failure === 'unconnected') return toFault(reply.cause);
  if (reply.failure === 'timeout')
    return new Fault('upstream_timeout', { data: { server, mayHaveRun: false } });
  if (reply.failure === 'invalid')
    return new Fault('upstream_invalid', { data: { server, mayHaveRun: false } });
  return new Fault('upstream_unreachable', { data: { server, mayHaveRun: false } });
}

/** As many programs run as the settings allow. */
export function tooManyProcesses(server: string): Fault {
  return new Fault('limit_exceeded', {
    status: 200,
    says: 'Too many server processes run at once',
    data: { server, mayHaveRun: false, retryAfterMs: 1000 },
  });
}

const GATEWAY_STATUSES = new Set([502, 503, 504]);

/**
 * A status that never crosses: what the server's HTTP layer said is the gateway's own fault to name. `wasSent` is
 * whether it answers a call, which a refusal (4xx) did not run and anything else may have.
 */
export function faultOfStatus(status: number, server: string, wasSent = true): Fault {
  const data = { server, mayHaveRun: wasSent && (status < 400 || status >= 500) };
  if (status === 401 || status === 403) return new Fault('upstream_refused', { data });
  if (GATEWAY_STATUSES.has(status)) return new Fault('upstream_unreachable', { data });
  if (status === 429)
    return new Fault('limit_exceeded', { status: 200, says: 'The server’s own limit is exceeded', data });
  return new Fault('upstream_invalid', { says: 'The server answered with an unexpected HTTP status', data });
}
