import { type ResponseMessage, readMessage } from '../../mcp/index.ts';

function asResponse(json: string): ResponseMessage {
  const message = readMessage(JSON.parse(json), Buffer.from(json));
  if (message.kind !== 'response') throw new TypeError('not a response');
  return message;
}

/** A client's answer, as the text that it wrote, to the question that the gateway knows as `id`. */
export function answerTo(id: string, result: string): ResponseMessage {
  return asResponse(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}

/** What a server is told when nobody answers its question: an elicitation is cancelled, anything else refused. */
export function refusalOf(id: string, method: string): ResponseMessage {
  if (method === 'elicitation/create') return answerTo(id, '{"action":"cancel"}');
  const error = '{"code":-1,"message":"The client did not answer"}';
  return asResponse(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${error}}`);
}
