import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { makeCertificate } from '../oauth/support/documents.ts';

/** The makers' hosts, at which clients say that their documents are. */
const HOSTS = ['chatgpt.com', 'claude.ai'] as const;
/** Where they are for this run, and an address of this machine at which nobody listens. */
const [HERE, NOBODY] = ['127.77.0.1', '127.77.0.2'];

export type DocumentsHost = {
  /** Runs a program in a mount namespace of its own, in which the makers' hosts are this one, or nobody. */
  readonly inside: (who: 'served' | 'silent') => readonly string[];
  /** What the program needs in order to believe the certificate. */
  readonly env: Readonly<Record<string, string>>;
  /** Servers of the same hosts: documents may be fetched from this machine only where a server of ours is. */
  readonly servers: Readonly<Record<string, object>>;
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
};

/** The document as the makers publish theirs: redirects to this machine, without a port. */
function documentAt(url: string): object {
  const redirects = ['localhost', '127.0.0.1'].flatMap(host => [`http://${host}/callback`]);
  return {
    client_id: url,
    client_name: url.includes('claude.ai') ? 'Claude Code' : 'Codex',
    redirect_uris: redirects,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}

/**
 * Serves the clients' documents on this machine. /etc/hosts stays as it is: only the gateway's process sees another
 * one, bound over it in its own mount namespace, which ends with it. That needs root, as port 443 does.
 */
export async function startDocumentsHost(folder: string): Promise<DocumentsHost> {
  const made = makeCertificate(HOSTS.map(host => `DNS:${host}`));
  const files = {
    cert: join(folder, 'documents.pem'),
    served: join(folder, 'hosts'),
    silent: join(folder, 'hosts-silent'),
  };
  const hosts = (address: string) => `127.0.0.1 localhost\n::1 localhost\n${address} ${HOSTS.join(' ')}\n`;
  await writeFile(files.cert, made.cert);
  await writeFile(files.served, hosts(HERE));
  await writeFile(files.silent, hosts(NOBODY));
  const asked: string[] = [];
  const server = createServer(made, ({ headers, url = '' }, response) => {
    const address = `https://${headers.host}${url}`;
    if (url === '/mcp') return void response.writeHead(404).end();
    asked.push(address);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(documentAt(address)));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(443, HERE, resolve));
  return {
    inside: who => [
      'unshare',
      '--mount',
      'sh',
      '-c',
      `mount --bind '${files[who]}' /etc/hosts && exec "$@"`,
      'sh',
    ],
    env: { NODE_EXTRA_CA_CERTS: files.cert },
    servers: Object.fromEntries(HOSTS.map(host => [host.replace('.', '-'), { url: `https://${host}/mcp` }])),
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => void server.close(() => resolve()));
    },
  };
}
