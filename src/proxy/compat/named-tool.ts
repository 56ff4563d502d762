import { Fault } from '../../base/index.ts';
import type { View } from '../../catalogue/index.ts';
import { METHODS, type MethodRow, type RequestMessage, readMessage, rebuild } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';

/** A method that nobody knows and that may be the name of a tool: namespaced ones never are. */
export const NAMED_TOOL: MethodRow = { eras: 'legacy', is: 'request', goes: 'named' };

const META: ReadonlySet<string> = new Set(['_meta']);

/** `tools/call` with the parameters as arguments, in the client's own bytes; `_meta` is the protocol's in any request. */
function toolMessage({ bytes, idText, method, paramsAt }: RequestMessage): RequestMessage {
  const args = paramsAt ? rebuild(bytes, paramsAt, { without: META }).toString('utf8') : '{}';
  const meta = paramsAt?.get('_meta');
  const more = meta ? `,"_meta":${bytes.toString('utf8', meta.start, meta.end)}` : '';
  const params = `{"name":${JSON.stringify(method)},"arguments":${args}${more}}`;
  const text = `{"jsonrpc":"2.0","id":${idText},"method":"tools/call","params":${params}}`;
  const message = readMessage(JSON.parse(text), Buffer.from(text));
  if (message.kind !== 'request') throw new Fault('method_not_found');
  return message;
}

/** The call that is meant. Fault `method_not_found`, as for any method, where this caller may call no such tool. */
export function asToolCall(call: RequestCall, view: View): RequestCall {
  const row = METHODS.get('tools/call');
  if (!row || !view.find('tool', call.message.method)) throw new Fault('method_not_found');
  call.entry.method = 'tools/call';
  return { ...call, row, message: toolMessage(call.message) };
}
