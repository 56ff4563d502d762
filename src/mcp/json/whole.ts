const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEAR = 64;
/** No name that counts is longer, not even where each of its letters is escaped. */
const NAME_CHARS = 64;

const isOpening = (byte: number | undefined): boolean => byte === OPEN_BRACE || byte === OPEN_BRACKET;
const isClosing = (byte: number | undefined): boolean => byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
/** White space (RFC 8259 section 2), and a byte order mark, which readers may ignore (section 8.1). */
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isMark = (byte: number | undefined): boolean => byte === 0xef || byte === 0xbb || byte === 0xbf;

/** The first bytes of the names that count, and of any name with an escape in front. */
const NAMES_BEGIN: ReadonlySet<number | undefined> = new Set([0x6d, 0x72, 0x65, BACKSLASH]);
const NO_NAME = '-';

function decode(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return '';
  }
}

/**
 * Whether bytes that arrive in pieces are one JSON object from its first brace to its last: an answer that broke off, or
 * that something follows, is told from a whole one without being parsed. The names in the outermost object tell it from
 * a request.
 */
export class Wholeness {
  #depth = 0;
  /** The string of the outermost object that has begun, as far as it can be a name. */
  #word = '';
  #isRequest = false;
  #isResult = false;
  #isError = false;
  #isInString = false;
  /** The last byte of the piece before escapes the next one. */
  #isEscaped = false;
  #hasBegun = false;
  #isBad = false;

  get isWhole(): boolean {
    return this.#hasBegun && this.#depth === 0 && !this.#isBad;
  }

  /** A request may not come where an answer should (JSON-RPC 2.0, section 5). */
  get isRequest(): boolean {
    return this.#isRequest;
  }

  get isError(): boolean {
    return this.#isError;
  }

  /** Whole, and a response by the names in it. */
  get isAnswer(): boolean {
    return this.isWhole && (this.#isResult || this.#isError) && !this.#isRequest;
  }

  push(bytes: Buffer): this {
    for (let i = 0; i < bytes.length && !this.#isBad; )
      i = this.#isInString ? this.#inString(bytes, i) : this.#plain(bytes, i);
    return this;
  }

  #plain(bytes: Buffer, at: number): number {
    let i = at;
    let depth = this.#depth;
    for (; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE && depth > 0) {
        this.#isInString = true;
        i++;
        break;
      }
      if (depth === 0 ? byte === OPEN_BRACE && !this.#hasBegun : isOpening(byte)) {
        this.#hasBegun = true;
        depth++;
      } else if (depth === 0) {
        if (isSpace(byte) || (!this.#hasBegun && isMark(byte))) continue;
        this.#isBad = true;
        break;
      } else if (isClosing(byte)) depth--;
    }
    this.#depth = depth;
    return i;
  }

  #inString(bytes: Buffer, at: number): number {
    const end = this.#string(bytes, at);
    if (this.#depth === 1) this.#note(bytes, at, end);
    return end;
  }

  /** Values are noted like names: those of a message are its version and its id. */
  #note(bytes: Buffer, start: number, end: number): void {
    if (this.#word === '' && !NAMES_BEGIN.has(bytes[start])) {
      this.#word = this.#isInString ? NO_NAME : '';
      return;
    }
    if (this.#word.length < NAME_CHARS)
      this.#word += bytes.toString('latin1', start, Math.min(end, start + NAME_CHARS));
    if (this.#isInString) return;
    const name = decode(this.#word.slice(0, -1));
    this.#word = '';
    if (name === 'method') this.#isRequest = true;
    else if (name === 'result') this.#isResult = true;
    else if (name === 'error') this.#isError = true;
  }

  /** Most strings are short; the end of a long one is searched for. */
  #string(bytes: Buffer, at: number): number {
    const near = Math.min(bytes.length, at + NEAR);
    let isEscaped = this.#isEscaped;
    let i = at;
    for (; i < near; i++) {
      const byte = bytes[i];
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) {
        this.#isEscaped = false;
        this.#isInString = false;
        return i + 1;
      }
    }
    this.#isEscaped = isEscaped;
    return i === bytes.length || isEscaped ? i : this.#far(bytes, i);
  }

  /** Up to the next byte that may end the string or escape one that would. */
  #far(bytes: Buffer, at: number): number {
    const quote = bytes.indexOf(QUOTE, at);
    const end = quote === -1 ? bytes.length : quote;
    let first = end;
    while (first > at && bytes[first - 1] === BACKSLASH) first--;
    return first;
  }
}

/** Whether bytes that are all there are one whole answer. */
export function isAnswer(bytes: Buffer): boolean {
  return new Wholeness().push(bytes).isAnswer;
}
