import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

/** A site that serves metadata documents of clients over https, whose certificate this process believes. */
export type Site = {
  readonly url: (path: string) => string;
  /** What the next GET of a path gets; a function may answer as it likes. */
  readonly put: (path: string, body: unknown, headers?: Record<string, string>) => void;
  readonly server: Server;
  /** For other processes, in PEM. */
  readonly certificate: string;
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
};

/** A key and a certificate that is good for these names, such as `DNS:localhost`, for two days. */
export function makeCertificate(names: readonly string[]): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'authmcp-cert-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync(
      'openssl',
      [
        ...args,
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        `subjectAltName=${names.join()}`,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startSite(): Promise<Site> {
  const made = makeCertificate(['DNS:localhost', 'IP:127.0.0.1']);
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, made.cert]);
  const pages = new Map<string, { readonly body: unknown; readonly headers: Record<string, string> }>();
  const asked: string[] = [];
  const server = createServer(made, (request, response) => {
    asked.push(request.url ?? '');
    const page = pages.get(request.url ?? '');
    if (!page) return void response.writeHead(404).end();
    const text = typeof page.body === 'string' ? page.body : JSON.stringify(page.body);
    response.writeHead(200, { 'content-type': 'application/json', ...page.headers }).end(text);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: path => `https://localhost:${port}${path}`,
    put: (path, body, headers = {}) => void pages.set(path, { body, headers }),
    server,
    certificate: made.cert,
    asked,
    close: async () => {
      tls.setDefaultCACertificates(before);
      server.closeAllConnections();
      await new Promise<void>(resolve => void server.close(() => resolve()));
    },
  };
}
