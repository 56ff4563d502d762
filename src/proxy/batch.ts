import { type Fault, toFault } from '../base/index.ts';
import { faultAsRpc } from '../http/index.ts';
import { type Call, type Context, isRequest, type RequestCall } from './call.ts';
import { HttpOut, type Out } from './out.ts';
import { ReadFault } from './read.ts';
import { CollectOut } from './relay/collect-out.ts';

/** What becomes of a message, wherever it came from. */
export type Hearing = {
  respond(call: RequestCall, out: Out): Promise<void>;
  /** A notification, or the answer to a question. */
  hear(call: Exclude<Call, RequestCall>): void;
};

/** One message of a batch, answered as JSON; nothing for what expects no answer. */
async function answerOne(
  call: Call | ReadFault,
  requestId: string,
  hearing: Hearing,
): Promise<string | undefined> {
  if (call instanceof ReadFault) return faultAsRpc(toFault(call.fault), call.idText, requestId);
  if (!isRequest(call)) return void hearing.hear(call);
  const { idText } = call.message;
  return new Promise(resolve => {
    const done = (json: string, _fault: Fault | undefined): void => resolve(json);
    hearing
      .respond(call, new CollectOut({ idText, requestId, done }))
      .catch(thrown => resolve(faultAsRpc(toFault(thrown), idText, requestId)));
  });
}

/** All messages of a batch at once; the answers as one array, in their order (2025-03-26 basic, "Batching"). */
export async function answerBatch(
  context: Context,
  calls: readonly (Call | ReadFault)[],
  hearing: Hearing,
  stallMs: number,
): Promise<void> {
  context.entry.method = 'batch';
  const answers = await Promise.all(calls.map(call => answerOne(call, context.exchange.id, hearing)));
  const texts = answers.filter(answer => answer !== undefined);
  if (texts.length === 0) {
    context.exchange.response.writeHead(202, { 'content-length': 0 });
    context.exchange.response.end();
    return;
  }
  const out = new HttpOut(context.exchange, undefined, stallMs);
  out.json(`[${texts.join(',')}]`);
  context.entry.bytesOut = out.bytes;
}
