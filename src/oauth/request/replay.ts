import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** A request as the provider shall see it. */
export type Replay = {
  /** Path and query. */
  readonly url: string;
  readonly host: string;
  readonly proto: string;
  readonly address: string;
  readonly body: { readonly text: string; readonly type: string } | undefined;
};

/** What a proxy in front said is read at the door; the provider shall believe us alone. */
const FORWARDING = /^(forwarded|x-forwarded-.*|x-real-ip|transfer-encoding|content-length|content-type)$/;

/**
 * The same request with another address and body. Host and scheme are the public origin's: the provider makes URLs
 * from them, and a forged Host would stand in these.
 */
export function replay(
  request: IncomingMessage,
  { url, host, proto, address, body }: Replay,
): IncomingMessage {
  const kept = Object.entries(request.headers).filter(([name]) => !FORWARDING.test(name));
  const headers = {
    ...Object.fromEntries(kept),
    host,
    'x-forwarded-proto': proto,
    'x-forwarded-for': address,
    ...(body && { 'content-type': body.type, 'content-length': String(Buffer.byteLength(body.text)) }),
  };
  const { method, socket, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  const stream = Readable.from(body ? [Buffer.from(body.text)] : [], { objectMode: false });
  const version = { httpVersion, httpVersionMajor, httpVersionMinor };
  return Object.assign(stream, {
    ...version,
    url,
    originalUrl: url,
    method,
    socket,
    connection: socket,
    headers,
    rawHeaders: Object.entries(headers).flatMap(([name, value]) => [name, String(value)]),
    trailers: {},
    complete: true,
    aborted: false,
  }) as unknown as IncomingMessage;
}
