import { Fault, type ServerName, toFault } from '../../base/index.ts';
import { RESERVED_SERVER_NAMES, SERVER_NAME } from '../../mcp/index.ts';
import type { Hearing } from '../batch/batch.ts';
import { type Call, type Context, isRequest, type RequestCall } from '../call.ts';
import type { Place } from '../place.ts';
import { type ReadDeps, ReadFault, read } from '../read.ts';
import { acceptsStream } from '../stream/listen.ts';
import { SseLine, type SseLineDeps } from './sse-line.ts';
import { SseOut } from './sse-out.ts';

export type SseDeps = ReadDeps &
  SseLineDeps & { admit(caller: Context['caller'], exchange: Context['exchange'], n?: number): void };

type SsePlace = { readonly place: Place; readonly isMessages: boolean };

/** `/sse`, `/sse/{server}` and their `/messages`; undefined for any other path. */
export function ssePlaceOf(path: string): SsePlace | undefined {
  const [, name, messages] = /^\/sse(?:\/([^/]+))??(\/messages)?$/.exec(path) ?? ['', '-', undefined];
  if (name === '-') return undefined;
  const isMessages = messages !== undefined;
  if (name === undefined) return { place: { kind: 'all' }, isMessages };
  const isName = SERVER_NAME.test(name) && !RESERVED_SERVER_NAMES.includes(name);
  return { place: isName ? { kind: 'one', server: name as ServerName } : { kind: 'unknown' }, isMessages };
}

/** The stream of a client. Fault `not_acceptable`. */
export function openLine(context: Context, deps: SseLineDeps): Promise<void> {
  if (!acceptsStream(context)) throw new Fault('not_acceptable');
  return new SseLine(context, deps).serve();
}

/** What one POST on a line does. */
type Posted = { readonly context: Context; readonly line: SseLine; readonly hearing: Hearing };

/**
 * A message of a client whose stream is open: accepted at once, answered there. Faults: `session_not_found`, and those
 * of a message that is none; what is wrong with a message that has an id is said on the stream.
 */
export async function hearOnLine(context: Context, hearing: Hearing, deps: SseDeps): Promise<void> {
  const { caller, exchange, place, trail, entry } = context;
  const line = deps.lines.find(exchange.query, caller, place);
  const posted = { context, line, hearing };
  const reading = await read({ ...context, line }, deps).catch(thrown => {
    if (trail.idText !== undefined) {
      trail.out = outOf(posted, trail.idText);
      accept(context);
    }
    throw thrown;
  });
  if (reading.isBatch) {
    deps.admit(caller, exchange, reading.calls.length - 1);
    accept(context);
    trail.isToldInParts = reading.calls.some(call => call instanceof ReadFault || isRequest(call));
    await Promise.all(reading.calls.map(call => answerOne(call, posted)));
    return;
  }
  const { call } = reading;
  accept(context);
  if (!isRequest(call)) return hearing.hear(call);
  const out = outOf(posted, call.message.idText);
  trail.out = out;
  await answer(call, out, hearing);
  entry.bytesOut = out.bytes;
}

function outOf({ line, context }: Posted, idText: string | undefined): SseOut {
  return new SseOut(line, idText, context.exchange.id);
}

/** 202 without a body. */
function accept({ entry, exchange }: Context): void {
  entry.status = 202;
  exchange.response.writeHead(202, { 'content-length': 0 });
  exchange.response.end();
}

async function answer(call: RequestCall, out: SseOut, hearing: Hearing): Promise<void> {
  if (call.profile.era === 'modern')
    throw new Fault('invalid_request', {
      says: 'This revision has no HTTP+SSE: POST to the address under /mcp',
    });
  await hearing.respond(call, out);
  out.end();
}

/** One message of a batch; each is answered for itself. */
async function answerOne(call: Call | ReadFault, posted: Posted): Promise<void> {
  if (!(call instanceof ReadFault) && !isRequest(call)) return posted.hearing.hear(call);
  const isUnread = call instanceof ReadFault;
  const part = isUnread ? call.context : call;
  const out = outOf({ ...posted, context: part }, isUnread ? call.idText : call.message.idText);
  let fault: Fault | undefined;
  try {
    if (isUnread) throw call.fault;
    await answer(call, out, posted.hearing);
  } catch (thrown) {
    fault = toFault(thrown);
    out.fault(fault);
  }
  part.entry.bytesOut = out.bytes;
  posted.hearing.ended(part, fault);
}
