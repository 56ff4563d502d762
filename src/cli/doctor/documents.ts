import { isObject } from '../../mcp/index.ts';
import { contentType } from '../../upstream/index.ts';
import { isHere } from '../here.ts';
import { headerOf, readJson } from './asking.ts';
import { type Probe, Stop } from './hops.ts';

export type Doc = Readonly<Record<string, unknown>>;

/** What lies at a well-known address. */
export type Found =
  | { readonly kind: 'document'; readonly url: URL; readonly doc: Doc }
  | { readonly kind: 'absent' | 'unreadable'; readonly url: URL; readonly why: string };

const MOST_REDIRECTS = 3;

/** Reads a JSON document. Redirects are followed, for clients do so too, but never without a word. */
export async function findDocument(probe: Probe, url: URL, redirects = 0): Promise<Found> {
  const { status, headers, body } = await probe.ask(url);
  const location = headerOf(headers, 'location');
  if (status >= 300 && status < 400 && location !== undefined) {
    const next = urlOf(location, url);
    probe.tell('redirected', `${url.href} answers ${status} to ${location}`);
    if (redirects === MOST_REDIRECTS) throw new Stop('too_many_redirects', url.href);
    if (next) return findDocument(probe, next, redirects + 1);
  }
  if (status !== 200) return { kind: 'absent', url, why: `${url.href} answers ${status}` };
  const doc = readJson(body);
  const type = contentType(headers);
  if (!isObject(doc))
    return { kind: 'unreadable', url, why: `${url.href} answers 200 with ${type || 'something'}` };
  if (type !== 'application/json') probe.tell('wrong_type', `${url.href}: ${type || 'no type'}`);
  return { kind: 'document', url, doc };
}

export function textIn(doc: Doc, name: string): string | undefined {
  const value = doc[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; undefined where there is no list. */
export function textsIn(doc: Doc, name: string): readonly string[] | undefined {
  const value = doc[name];
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string' && one !== '')
    : undefined;
}

/** The http(s) URL that a text is. */
export function urlOf(text: string | undefined, base?: URL): URL | undefined {
  if (text === undefined || !URL.canParse(text, base?.href)) return undefined;
  const url = new URL(text, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

const INSECURE = { public: 'http_public', never: 'blocked_address' } as const;

/** An address of another machine must be https: what is sent there is worth stealing, so nothing is. */
export async function requireSecure(probe: Probe, url: URL, what: string): Promise<void> {
  if (url.protocol === 'https:' || isHere(url.hostname)) return;
  const found = await probe.classOf(url.hostname);
  const seen = `${what} ${url.href}`;
  if (found !== 'private') throw new Stop(found === undefined ? 'unreachable' : INSECURE[found], seen);
  probe.tell('http_private', seen);
}

/** `error` and `error_description` of a refusal, or else its status and first words. */
export function refusalText(status: number, body: string): string {
  const doc = readJson(body);
  const error = isObject(doc) ? textIn(doc, 'error') : undefined;
  if (!isObject(doc) || error === undefined) return `HTTP ${status} ${firstWords(body)}`.trim();
  const more = textIn(doc, 'error_description');
  return `HTTP ${status} ${error}${more === undefined ? '' : `: ${more}`}`;
}

/** What a page says, without its tags. */
function firstWords(body: string): string {
  return body
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}
