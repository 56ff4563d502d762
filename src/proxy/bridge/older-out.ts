import {
  elements,
  isObject,
  isObjectAt,
  members,
  type Params,
  parseFrame,
  type Range,
  rebuild,
  type Splice,
  splice,
  toFrame,
} from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { asBytes, PassingOut } from '../passing-out.ts';

type Newer = { readonly since: string; readonly asText: (content: Params) => string };

/** Kinds of content that came after the first revision, and what an older client reads instead. */
const CONTENTS: ReadonlyMap<unknown, Newer> = new Map<unknown, Newer>([
  ['audio', { since: '2025-03-26', asText: one => `[audio, ${String(one.mimeType ?? 'of unknown type')}]` }],
  [
    'resource_link',
    {
      since: '2025-06-18',
      asText: one => `${String(one.title ?? one.name ?? 'Resource')}: ${String(one.uri)}`,
    },
  ],
]);
const STRUCTURED_SINCE = '2025-06-18';
const STRUCTURED: ReadonlySet<string> = new Set(['structuredContent']);

/** Whether the client agreed on a revision that lacks something that results may hold now. */
export function isOfOlderTerms({ session, row }: RequestCall): boolean {
  return session !== undefined && session.profile.revision < STRUCTURED_SINCE && row.kind !== undefined;
}

/**
 * For a client whose revision is older than what its server answers in: what the client's revision does not know comes as
 * text. A server that speaks that revision sends none of it.
 */
export class OlderOut extends PassingOut {
  readonly #revision: string;

  constructor(out: Out, revision: string) {
    super(out);
    this.#revision = revision;
  }

  override json(body: Buffer | string, status?: number): void {
    this.out.json(this.#adapt(asBytes(body)), status);
  }

  override finish(frame: Buffer): void {
    const data = parseFrame(frame)?.data;
    this.out.finish(data === undefined ? frame : toFrame(this.#adapt(Buffer.from(data))));
  }

  #adapt(body: Buffer): Buffer {
    const result = members(body).get('result');
    if (!isObjectAt(body, result)) return body;
    const content = members(body, result.start).get('content');
    const contents = content && body[content.start] === 0x5b ? elements(body, content.start) : [];
    const told = splice(
      body,
      contents.flatMap(range => this.#asText(body, range)),
    );
    return this.#withoutStructure(told);
  }

  #asText(body: Buffer, range: Range): readonly Splice[] {
    const value: unknown = JSON.parse(body.toString('utf8', range.start, range.end));
    const newer = isObject(value) ? CONTENTS.get(value.type) : undefined;
    if (!newer || !isObject(value) || newer.since <= this.#revision) return [];
    return [{ ...range, text: JSON.stringify({ type: 'text', text: newer.asText(value) }) }];
  }

  #withoutStructure(body: Buffer): Buffer {
    const range = members(body).get('result');
    if (!range) return body;
    const inside = members(body, range.start);
    const structured = inside.get('structuredContent');
    if (!structured) return body;
    const content = inside.get('content');
    const isEmpty = !content || elements(body, content.start).length === 0;
    const text = body.toString('utf8', structured.start, structured.end);
    const result = rebuild(body, inside, {
      without: STRUCTURED,
      ...(isEmpty && { more: { content: JSON.stringify([{ type: 'text', text }]) } }),
    });
    return Buffer.concat([body.subarray(0, range.start), result, body.subarray(range.end)]);
  }
}
