import {
  elements,
  isObject,
  isObjectAt,
  members,
  parseFrame,
  type Range,
  type Splice,
  splice,
  toFrame,
} from '../../mcp/index.ts';
import type { Out } from '../out.ts';
import { asBytes, PassingOut } from '../passing-out.ts';
import { type Asker, MAX_ASKED, notAllowed, ruleOn } from './asking.ts';

const METHOD = 'elicitation/create';
/** `elicitations` too. JSON may spell each of its letters as an escape, which no honest writer does. */
const SIGNS = ['elicitation', '\\u00'].map(sign => Buffer.from(sign));
/** A question in however JSON may spell it. */
const SPELLED = new RegExp(`"${[...METHOD].map(spellings).join('')}"`, 'i');
const LONGEST = METHOD.length * '\\u0065'.length + 2;

function spellings(char: string): string {
  const escaped = `\\\\u00${char.charCodeAt(0).toString(16)}`;
  return char === '/' ? `(?:\\\\?/|${escaped})` : `(?:${char}|${escaped})`;
}

const mayAsk = (bytes: Buffer): boolean => SIGNS.some(sign => bytes.includes(sign));

/**
 * Looks at what a server asks in its answers, as far as a person would be asked: questions of 2026-07-28
 * (basic/patterns/mrtr), and pages that 2025-11-25 requires by an error (client/elicitation, "URL Elicitation Required").
 */
export class AskingOut extends PassingOut {
  readonly #asker: Asker;
  /** Whether results may ask; before 2026-07-28 only errors did. */
  readonly #isModern: boolean;
  #tail = '';

  constructor(out: Out, asker: Asker, isModern: boolean) {
    super(out);
    this.#asker = asker;
    this.#isModern = isModern;
  }

  override json(body: Buffer | string, status?: number): void {
    this.out.json(this.#look(asBytes(body)), status);
  }

  /** In pieces come only answers that are far larger than a question. */
  override write(chunk: Buffer): boolean {
    if (this.#isModern && !this.out.isStream) {
      const text = this.#tail + chunk.toString('latin1');
      if (SPELLED.test(text)) throw notAllowed(this.#asker);
      this.#tail = text.slice(-LONGEST);
    }
    return this.out.write(chunk);
  }

  override finish(frame: Buffer): void {
    const data = mayAsk(frame) ? parseFrame(frame)?.data : undefined;
    this.out.finish(data === undefined ? frame : toFrame(this.#look(Buffer.from(data))));
  }

  #look(body: Buffer): Buffer {
    if (!mayAsk(body)) return body;
    const at = members(body);
    const rulings = [...this.#questions(body, at.get('result')), ...this.#pages(body, at.get('error'))];
    return rulings.length === 0 ? body : splice(body, rulings);
  }

  #questions(body: Buffer, result: Range | undefined): readonly Splice[] {
    const requests = isObjectAt(body, result) ? members(body, result.start).get('inputRequests') : undefined;
    if (!isObjectAt(body, requests)) return [];
    return this.#few([...members(body, requests.start).values()]).flatMap(range =>
      this.#question(body, range),
    );
  }

  #pages(body: Buffer, error: Range | undefined): readonly Splice[] {
    const data = isObjectAt(body, error) ? members(body, error.start).get('data') : undefined;
    const pages = isObjectAt(body, data) ? members(body, data.start).get('elicitations') : undefined;
    if (!pages || body[pages.start] !== 0x5b) return [];
    return this.#few(elements(body, pages.start)).flatMap(range =>
      this.#rule(body, range, METHOD, { mode: 'url' }),
    );
  }

  #few(ranges: readonly Range[]): readonly Range[] {
    if (ranges.length > MAX_ASKED) throw notAllowed(this.#asker);
    return ranges;
  }

  #question(body: Buffer, request: Range): readonly Splice[] {
    if (!isObjectAt(body, request)) return [];
    const at = members(body, request.start);
    const method = at.get('method');
    const params = at.get('params');
    if (!method || !params) return [];
    const said: unknown = JSON.parse(body.toString('utf8', method.start, method.end));
    return typeof said === 'string' ? this.#rule(body, params, said) : [];
  }

  #rule(body: Buffer, range: Range, method: string, more: object = {}): readonly Splice[] {
    if (!isObjectAt(body, range)) return [];
    const params: unknown = JSON.parse(body.toString('utf8', range.start, range.end));
    if (!isObject(params)) return [];
    const ruling = ruleOn(method, { ...params, ...more }, this.#asker);
    if (ruling.kind === 'refuse') throw notAllowed(this.#asker);
    const message = members(body, range.start).get('message');
    return ruling.message !== undefined && message
      ? [{ ...message, text: JSON.stringify(ruling.message) }]
      : [];
  }
}
