import { isObject, META, type Members, members, type Params } from '../../mcp/index.ts';

/** One message of a server, read as far as its way depends on it. */
export type Heard =
  | { readonly kind: 'response'; readonly id: unknown; readonly bytes: Buffer }
  | { readonly kind: 'request'; readonly idText: string; readonly method: string; readonly bytes: Buffer }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: Params;
      readonly bytes: Buffer;
    };

function valueAt(bytes: Buffer, at: Members, name: string): unknown {
  const range = at.get(name);
  return range && JSON.parse(bytes.toString('utf8', range.start, range.end));
}

/** Undefined for what is no JSON-RPC message. A response may be large, so its content is not read. */
export function hear(bytes: Buffer): Heard | undefined {
  const text = trimmed(bytes);
  if (text[0] !== 0x7b || text.at(-1) !== 0x7d) return undefined;
  try {
    const at = members(text);
    if (!at.has('method')) return response(text, at);
    const method = valueAt(text, at, 'method');
    if (typeof method !== 'string') return undefined;
    const id = at.get('id');
    if (id) return { kind: 'request', idText: text.toString('utf8', id.start, id.end), method, bytes: text };
    const params = valueAt(text, at, 'params');
    return { kind: 'notification', method, params: isObject(params) ? params : {}, bytes: text };
  } catch {
    return undefined;
  }
}

function response(bytes: Buffer, at: Members): Heard | undefined {
  if (!at.has('result') && !at.has('error')) return undefined;
  return { kind: 'response', id: valueAt(bytes, at, 'id'), bytes };
}

/** The line without white space around it, as servers on Windows send it. */
function trimmed(bytes: Buffer): Buffer {
  const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

/** Which of our requests a notification names: by our progress token (`<id>-p`) or as a subscription. */
export function namedRequest({ method, params }: Extract<Heard, { kind: 'notification' }>): unknown {
  if (method === 'notifications/progress') {
    const token = params.progressToken;
    return typeof token === 'string' && token.endsWith('-p') ? token.slice(0, -2) : null;
  }
  const meta = params._meta;
  return isObject(meta) ? meta[META.subscriptionId] : undefined;
}
