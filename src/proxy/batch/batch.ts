import { type Fault, toFault } from '../../base/index.ts';
import { faultAsRpc } from '../../http/index.ts';
import { type Call, type Context, isRequest, type RequestCall } from '../call.ts';
import { HttpOut, type Out } from '../out.ts';
import { ReadFault } from '../read.ts';
import { CollectOut } from '../relay/collect-out.ts';

/** What becomes of a message, wherever it came from. */
export type Hearing = {
  respond(call: RequestCall, out: Out): Promise<void>;
  /** A notification, or the answer to a question. */
  hear(call: Exclude<Call, RequestCall>): void;
  /** A message of a batch was answered; `fault` where it was refused. */
  ended(part: Context, fault: Fault | undefined): void;
};

type Answer = { readonly json: string; readonly fault: Fault | undefined };

function refused(fault: Fault, idText: string | undefined, requestId: string): Answer {
  return { json: faultAsRpc(fault, idText, requestId), fault };
}

function collected(call: RequestCall, hearing: Hearing): Promise<Answer> {
  const { idText } = call.message;
  const requestId = call.exchange.id;
  return new Promise(resolve => {
    const done = (json: string, fault: Fault | undefined): void => resolve({ json, fault });
    hearing
      .respond(call, new CollectOut({ idText, requestId, done }))
      .catch(thrown => resolve(refused(toFault(thrown), idText, requestId)));
  });
}

/** One message of a batch, answered as JSON; nothing for what expects no answer. */
async function answerOne(call: Call | ReadFault, hearing: Hearing): Promise<string | undefined> {
  const isUnread = call instanceof ReadFault;
  if (!isUnread && !isRequest(call)) return void hearing.hear(call);
  const part = isUnread ? call.context : call;
  const { json, fault } = isUnread
    ? refused(toFault(call.fault), call.idText, part.exchange.id)
    : await collected(call, hearing);
  part.entry.bytesOut = Buffer.byteLength(json);
  hearing.ended(part, fault);
  return json;
}

/**
 * All messages of a batch at once; the answers as one array, in their order (2025-03-26 basic, "Batching"). Each that
 * asks has an entry of its own, and the batch only what is sent besides their answers.
 */
export async function answerBatch(
  context: Context,
  calls: readonly (Call | ReadFault)[],
  hearing: Hearing,
  stallMs: number,
): Promise<void> {
  const { entry, exchange, trail } = context;
  const answers = await Promise.all(calls.map(call => answerOne(call, hearing)));
  const texts = answers.filter(answer => answer !== undefined);
  if (texts.length === 0) {
    entry.status = 202;
    exchange.response.writeHead(202, { 'content-length': 0 });
    exchange.response.end();
    return;
  }
  trail.isToldInParts = true;
  const out = new HttpOut(exchange, undefined, stallMs);
  out.json(`[${texts.join(',')}]`);
  entry.bytesOut = texts.length + 1;
}
