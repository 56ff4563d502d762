import { members, splice } from '../../mcp/index.ts';

/** The JSON-RPC message under another id, given as JSON. */
export function withId(json: string | Buffer, idText: string): Buffer {
  const bytes = Buffer.from(json);
  const range = members(bytes).get('id');
  return range ? splice(bytes, [{ ...range, text: idText }]) : bytes;
}
