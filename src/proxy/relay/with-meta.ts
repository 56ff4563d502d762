import { isObjectAt, members, type Splice, splice } from '../../mcp/index.ts';

type Member = { readonly name: string; readonly value: string };

/** The splice that puts text in front of the members of the object that opens at `start`. */
export function inFront(bytes: Buffer, start: number, text: string): Splice {
  const isEmpty = members(bytes, start).size === 0;
  return { start: start + 1, end: start + 1, text: isEmpty ? text : `${text},` };
}

/** An answer whose result says `member` in its `_meta`; a member of the server's own there wins. */
export function withMeta(answer: Buffer, { name, value }: Member): Buffer {
  const result = members(answer).get('result');
  if (!isObjectAt(answer, result)) return answer;
  const text = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  const meta = members(answer, result.start).get('_meta');
  if (meta === undefined) return splice(answer, [inFront(answer, result.start, `"_meta":{${text}}`)]);
  if (!isObjectAt(answer, meta) || members(answer, meta.start).has(name)) return answer;
  return splice(answer, [inFront(answer, meta.start, text)]);
}
