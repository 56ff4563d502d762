import { isUtf8 } from 'node:buffer';
import { Fault } from '../base/index.ts';
import { elements, isObjectAt, type Members, members } from './json/scan.ts';

export type RequestId = string | number;
export type Params = Readonly<Record<string, unknown>>;

type Common = {
  /** The message's own bytes, as they came. */
  readonly bytes: Buffer;
  /** Where the members of the envelope stand in `bytes`. */
  readonly envelope: Members;
  /** Where the members of `params` stand, if it is there. */
  readonly paramsAt: Members | undefined;
};

export type RequestMessage = Common & {
  readonly kind: 'request';
  readonly id: RequestId;
  /** The id as JSON, in the client's own spelling. */
  readonly idText: string;
  readonly method: string;
  readonly params: Params;
};
export type NotificationMessage = Common & {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: Params;
};
export type ResponseMessage = Common & {
  readonly kind: 'response';
  readonly id: RequestId;
  readonly idText: string;
};
export type Message = RequestMessage | NotificationMessage | ResponseMessage;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
}

function textAt(bytes: Buffer, envelope: Members, name: string): string {
  const range = envelope.get(name);
  return range ? bytes.toString('utf8', range.start, range.end) : 'null';
}

/** The id of a message that is otherwise malformed, as JSON, so that the error can name it. */
export function idTextOf(value: unknown): string | undefined {
  const id = isObject(value) && Object.hasOwn(value, 'id') ? value.id : undefined;
  return isRequestId(id) ? JSON.stringify(id) : undefined;
}

function readParams(value: Readonly<Record<string, unknown>>): Params {
  const params = Object.hasOwn(value, 'params') ? value.params : undefined;
  if (params === undefined) return {};
  if (!isObject(params))
    throw new Fault('invalid_params', { status: 400, says: 'Invalid params: must be an object' });
  return params;
}

/** One message of the parsed body, checked against JSON-RPC 2.0 as MCP narrows it (basic, "Messages"). */
export function readMessage(value: unknown, bytes: Buffer): Message {
  if (!isObject(value) || value.jsonrpc !== '2.0')
    throw new Fault('invalid_request', { says: 'Invalid request: jsonrpc must be "2.0"' });
  const envelope = members(bytes);
  const range = envelope.get('params');
  const paramsAt = isObjectAt(bytes, range) ? members(bytes, range.start) : undefined;
  const hasId = Object.hasOwn(value, 'id');
  const id = value.id;
  if (hasId && !isRequestId(id))
    throw new Fault('invalid_request', { says: 'Invalid request: id must be a string or an integer' });
  const method = Object.hasOwn(value, 'method') ? value.method : undefined;
  if (typeof method === 'string') {
    const params = readParams(value);
    if (!hasId || !isRequestId(id))
      return { kind: 'notification', method, params, bytes, envelope, paramsAt };
    return {
      kind: 'request',
      id,
      idText: textAt(bytes, envelope, 'id'),
      method,
      params,
      bytes,
      envelope,
      paramsAt,
    };
  }
  if (
    method === undefined &&
    isRequestId(id) &&
    (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error'))
  ) {
    return { kind: 'response', id, idText: textAt(bytes, envelope, 'id'), bytes, envelope, paramsAt };
  }
  throw new Fault('invalid_request', {
    says: 'Invalid request: neither a request, a notification nor a response',
  });
}

export type Body = {
  readonly values: readonly { readonly value: unknown; readonly bytes: Buffer }[];
  readonly isBatch: boolean;
};

const MAX_BATCH = 100;

/** The body as JSON values with their bytes. UTF-8 without a byte order mark, parsed once (RFC 8259 section 8.1). */
export function readBody(bytes: Buffer): Body {
  if (bytes.length === 0 || !isUtf8(bytes)) throw new Fault('parse_error');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('parse_error', { cause });
  }
  if (!Array.isArray(value)) return { values: [{ value, bytes }], isBatch: false };
  if (value.length === 0) throw new Fault('invalid_request', { says: 'Invalid request: an empty batch' });
  if (value.length > MAX_BATCH)
    throw new Fault('invalid_request', {
      says: `Invalid request: a batch holds at most ${MAX_BATCH} messages`,
    });
  const ranges = elements(bytes, bytes.indexOf(0x5b));
  return {
    values: value.map((one, i) => ({ value: one, bytes: bytes.subarray(ranges[i]?.start, ranges[i]?.end) })),
    isBatch: true,
  };
}
