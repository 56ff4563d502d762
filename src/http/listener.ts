import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type ListenerOptions = {
  /** Addresses to listen on; the first decides the port when `port` is 0. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** A sender whose headers are not there by then is cut off. In milliseconds. */
  readonly headersMs: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
};

export type Listener = {
  readonly port: number;
  /** No new connections; idle ones end. */
  stopAccepting(): void;
  close(): Promise<void>;
};

function createHttp({ onRequest, headersMs }: ListenerOptions): Server {
  const server = createServer({
    // Longer than the 60 s that proxies in front keep a connection: else they reuse one that we just closed.
    keepAliveTimeout: 65_000,
    headersTimeout: headersMs,
    // Bodies that nobody reads or bounds: of strangers, of refused paths. `/mcp` answers a slow one by itself before.
    requestTimeout: 2 * headersMs,
    connectionsCheckingInterval: Math.min(5_000, headersMs / 3),
    maxHeaderSize: 16 * 1024,
    noDelay: true,
  });
  server.maxHeadersCount = 100;
  server.on('request', onRequest);
  server.on('clientError', endBadClient);
  return server;
}

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** How long a peer has to read the last answer: only then is the connection cut, which would discard it. */
const LAST_WORD_MS = 500;

/** Says what was wrong and ends the connection, also against a peer who goes on sending. */
function endBadClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status = STATUS[error.code ?? ''] ?? '400 Bad Request';
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), LAST_WORD_MS).unref();
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 511, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A machine without IPv6 listens on IPv4 alone. */
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

function isMissingFamily(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_IPV6.has(String(error.code));
}

/** Listens on every host at one port. Rejects with the system's error (`EADDRINUSE`, `EACCES`) when it cannot. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const servers: Server[] = [];
  let port = options.port;
  for (const [index, host] of options.hosts.entries()) {
    const server = createHttp(options);
    try {
      port = await bind(server, host, port);
      servers.push(server);
    } catch (error) {
      if (index > 0 && isMissingFamily(error)) continue;
      for (const open of servers) open.close();
      throw error;
    }
  }
  return {
    port,
    stopAccepting() {
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
      }
    },
    async close() {
      await Promise.all(
        servers.map(server => {
          const closed = new Promise<void>(resolve =>
            server.listening ? server.close(() => resolve()) : resolve(),
          );
          server.closeAllConnections();
          return closed;
        }),
      );
    },
  };
}
