/** A URI as rules meet it: what was asked for, in the spellings in which a server may understand it. */
export type UriForms = {
  /** The one spelling of RFC 3986 6.2.2: what an allow must match. */
  readonly exact: string;
  /** What a deny need match one of: as a server may read it that decodes and tidies more than it should. */
  readonly loose: readonly string[];
};

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;
const UNRESERVED = /[a-z0-9._~-]/i;
/** Scheme, the `//` with user information, host and port. In a pattern a `?` stands for a character. */
const HEAD = /^([a-z][a-z0-9+.-]*:)(?:(\/\/(?:[^/?#]*@)?)([^/?#]*))?/i;
const PATTERN_HEAD = /^([a-z*?][a-z0-9+.*?-]*:)(?:(\/\/(?:[^/#]*@)?)([^/#]*))?/i;
const DEFAULT_PORT: Readonly<Record<string, RegExp>> = {
  'http:': /:(80)?$/,
  'https:': /:(443)?$/,
  'ws:': /:(80)?$/,
  'wss:': /:(443)?$/,
  'file:': /^localhost$/,
};
const DOTS = /(^|\/)\.\.?(\/|$)/;
/** Dots that lead elsewhere in the eyes of whoever decodes more, in a path that a query holds, too. */
const HIDDEN_DOTS = /[/\\]\.\.?($|[/\\?#&;])|(^|[?#=&:])\.\.?[/\\]/;
/** No URI holds controls (RFC 3986 2); parsers drop some, and others end there. */
const CONTROL = /\p{Cc}|^\s|\s$/u;
/** UTF-8 that writes a character longer than it is (RFC 3629 3). */
const OVERLONG = /%c[01]%[89ab]/i;
const ROUNDS = 6;

/** RFC 3986 6.2.2.2: what need not be escaped is not, and what is, in upper case. */
function unescapeUnreserved(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, one => {
    const char = String.fromCharCode(Number.parseInt(one.slice(1), 16));
    return UNRESERVED.test(char) ? char : one.toUpperCase();
  });
}

/** RFC 3986 5.2.4. */
function withoutDots(path: string): string {
  if (!DOTS.test(path)) return path;
  const segments = path.split('/');
  const kept: string[] = [];
  for (const [at, segment] of segments.entries()) {
    const isRoot = kept.length === 1 && kept[0] === '';
    if (segment === '..' && !isRoot) kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  }
  return kept.join('/');
}

/** RFC 3986 6.2.2, and what 6.2.3 says of ports that need not be said. */
function canonical(text: string, head: RegExp, end: RegExp): string {
  const plain = unescapeUnreserved(text);
  const [whole = '', scheme = '', slashes = '', host = ''] = head.exec(plain) ?? [];
  const rest = plain.slice(whole.length);
  const at = rest.search(end);
  const [path, tail] = at === -1 ? [rest, ''] : [rest.slice(0, at), rest.slice(at)];
  const small = scheme.toLowerCase();
  const authority = slashes + host.toLowerCase().replace(DEFAULT_PORT[small] ?? /^$/, '');
  return small + authority + withoutDots(path) + tail;
}

/** Decoded until nothing is left to decode; undefined where that takes too long to be meant. */
function opened(text: string): string | undefined {
  let now = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = now.replace(ESCAPES, run => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
    if (next === now) return now;
    now = next;
  }
  return undefined;
}

/** As it is read by whoever decodes all, takes `\` for `/`, and knows neither case nor empty segments nor users. */
function loosest(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll('\\', '/')
    .replace(/^([^/]*:\/\/)[^/]*@/, '$1')
    .replace(/^([^/]*:\/\/[^/]*?)\.(?=\/|$)/, '$1')
    .replace(/\/+/g, '/')
    .toLowerCase();
}

/** What of it names the thing: a fragment is for the client, and a file has no query. */
const thingOf = (uri: string): string => uri.replace(uri.startsWith('file:') ? /[?#].*$/s : /#.*$/s, '');

/** Undefined where one server could take it for something else than the next: no rule can decide about it. */
export function uriForms(uri: string): UriForms | undefined {
  if (CONTROL.test(uri) || OVERLONG.test(uri)) return undefined;
  const exact = canonical(uri, HEAD, /[?#]/);
  const open = opened(exact);
  const thing = opened(thingOf(exact));
  if (open === undefined || thing === undefined) return undefined;
  if (open.includes('\0') || HIDDEN_DOTS.test(open.normalize('NFKC'))) return undefined;
  return { exact, loose: [exact.toLowerCase(), loosest(open), loosest(thing)] };
}

/** A pattern in the spellings in which it meets URIs. */
export function patternForms(pattern: string): UriForms {
  const exact = canonical(pattern, PATTERN_HEAD, /#/);
  return { exact, loose: [...new Set([exact.toLowerCase(), loosest(opened(exact) ?? exact)])] };
}

/** What is wrong with a pattern of URIs, as the rest of a sentence; undefined where nothing is. */
export function uriPatternProblem(pattern: string): string | undefined {
  const open = opened(pattern);
  return open === undefined || /(^|[/\\])\.\.?([/\\]|$)/.test(open)
    ? 'must not hold segments . and ..: no URI that is asked for has them'
    : undefined;
}
