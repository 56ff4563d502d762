import { createServer, type RequestListener, type Server } from 'node:http';
import { Stop } from '../hops.ts';

/** Waits on this machine for the browser that comes back from signing in (RFC 8252 section 7.3). */
export type Listener = {
  readonly port: number;
  /** The query of the first visit to `path`, or undefined when nobody came in time or before the signal. */
  visit(path: string, ms: number, signal?: AbortSignal): Promise<URLSearchParams | undefined>;
  close(): Promise<void>;
};

const PAGE = `<!doctype html><html lang="en"><title>authmcp-gateway doctor</title>
<p>Received. You may close this page and go back to the terminal.`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  connection: 'close',
} as const;

type Awaited = { readonly path: string; take(query: URLSearchParams): void };

export async function openListener(port: number): Promise<Listener> {
  let awaited: Awaited | undefined;
  const answer: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isIt = request.method === 'GET' && url.pathname === awaited?.path && url.search !== '';
    response.writeHead(isIt ? 200 : 404, HEADERS).end(isIt ? PAGE : '');
    if (isIt) awaited?.take(url.searchParams);
  };
  const server = createServer(answer);
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    visit: (path, ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve(undefined);
        const timer = setTimeout(() => done(undefined), ms);
        signal?.addEventListener('abort', () => done(undefined), { once: true });
        const done = (query: URLSearchParams | undefined): void => {
          clearTimeout(timer);
          awaited = undefined;
          resolve(query);
        };
        awaited = { path, take: done };
      }),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // A browser may hold on to a connection that it opened to be quick.
        setTimeout(() => server.closeAllConnections(), 200).unref();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new Stop('no_listener', `port ${port}: ${error.message}`)));
    server.listen(port, '127.0.0.1', resolve);
  });
}
