import { type Sealing, Secret, type ServerName } from '../../base/index.ts';
import type { OAuthAuth, ServerAuth, ServerEntry, ServerTransport } from '../../mcp/index.ts';
import type { Schema } from '../db/schema.ts';

type Secrets = Readonly<Record<string, Secret>>;
type Sealed = Readonly<Record<string, string>>;

/** Every secret is bound to its server and place: one copied into another row or field does not open. */
type Box = {
  close(secret: Secret, field: string): string;
  open(sealed: string, field: string): Secret;
};

function boxOf(seal: Sealing, server: ServerName): Box {
  return {
    close: (secret, field) => seal.close(secret.reveal(), `${server}:${field}`),
    open: (sealed, field) => {
      const plain = seal.open(sealed, `${server}:${field}`);
      if (plain) return new Secret(plain.toString());
      throw new Error(
        `The ${field} of server ${server} cannot be read: it was stored with another master key. ` +
          'Bring that key back, or remove the server and add it again.',
      );
    },
  };
}

function closeAll(box: Box, secrets: Secrets, field: string): Sealed {
  const sealed = Object.entries(secrets).map(([name, secret]) => [
    name,
    box.close(secret, `${field}.${name}`),
  ]);
  return Object.fromEntries(sealed);
}

function openAll(box: Box, sealed: Sealed, field: string): Secrets {
  return Object.fromEntries(
    Object.entries(sealed).map(([name, text]) => [name, box.open(text, `${field}.${name}`)]),
  );
}

const OAUTH_SECRETS = ['clientSecret', 'privateKey', 'refreshToken'] as const;

function closeOAuth(box: Box, auth: OAuthAuth): object {
  const sealed = OAUTH_SECRETS.flatMap(field => {
    const secret = auth[field];
    return secret === undefined ? [] : [[field, box.close(secret, `auth.${field}`)]];
  });
  return { ...auth, ...Object.fromEntries(sealed) };
}

function openOAuth(box: Box, kept: OAuthAuth): ServerAuth {
  const opened = OAUTH_SECRETS.flatMap(field => {
    const sealed: unknown = kept[field];
    return typeof sealed === 'string' ? [[field, box.open(sealed, `auth.${field}`)]] : [];
  });
  return { ...kept, ...Object.fromEntries(opened) };
}

function closeAuth(box: Box, auth: ServerAuth): object {
  switch (auth.kind) {
    case 'none':
      return auth;
    case 'bearer':
      return { ...auth, token: box.close(auth.token, 'auth.token') };
    case 'basic':
      return { ...auth, password: box.close(auth.password, 'auth.password') };
    case 'headers':
      return { ...auth, headers: closeAll(box, auth.headers, 'auth.headers') };
    case 'oauth':
      return closeOAuth(box, auth);
  }
}

function openAuth(box: Box, text: string): ServerAuth {
  const auth = JSON.parse(text);
  switch (auth.kind) {
    case 'bearer':
      return { ...auth, token: box.open(auth.token, 'auth.token') };
    case 'basic':
      return { ...auth, password: box.open(auth.password, 'auth.password') };
    case 'headers':
      return { ...auth, headers: openAll(box, auth.headers, 'auth.headers') };
    case 'oauth':
      return openOAuth(box, auth);
    default:
      return { kind: 'none' };
  }
}

function closeTransport(box: Box, transport: ServerTransport): object {
  return transport.kind === 'stdio' ? { ...transport, env: closeAll(box, transport.env, 'env') } : transport;
}

function openTransport(box: Box, text: string): ServerTransport {
  const kept = JSON.parse(text);
  return kept.kind === 'stdio' ? { ...kept, cwd: kept.cwd, env: openAll(box, kept.env, 'env') } : kept;
}

type Row = Schema['servers'];

/** A server as its row: everything but the secrets is readable. */
export function toRow(seal: Sealing, server: ServerEntry): Omit<Row, 'createdAt'> {
  const box = boxOf(seal, server.name);
  return {
    name: server.name,
    title: server.title,
    transport: JSON.stringify(closeTransport(box, server.transport)),
    auth: JSON.stringify(closeAuth(box, server.auth)),
    headers: JSON.stringify(closeAll(box, server.headers, 'headers')),
    prefix: server.prefix,
    enabled: server.enabled ? 1 : 0,
    timeoutMs: server.timeoutMs,
    protocol: server.protocol,
    private: server.private ?? null,
    stateless: server.stateless ? 1 : 0,
    stateful: server.stateful ? 1 : 0,
    deduplicate: server.deduplicate ? 1 : 0,
    grants: JSON.stringify(server.grants),
    addressClass: server.addressClass ?? null,
    description: server.description ?? null,
    elicitationHosts: server.elicitationHosts ? JSON.stringify(server.elicitationHosts) : null,
  };
}

/** Throws a sentence for the operator when a secret does not open. */
export function fromRow(seal: Sealing, row: Row): ServerEntry {
  const box = boxOf(seal, row.name);
  return {
    name: row.name,
    title: row.title,
    source: 'store',
    transport: openTransport(box, row.transport),
    auth: openAuth(box, row.auth),
    headers: openAll(box, JSON.parse(row.headers), 'headers'),
    prefix: row.prefix,
    enabled: row.enabled === 1,
    timeoutMs: row.timeoutMs,
    protocol: row.protocol,
    private: row.private ?? undefined,
    stateless: row.stateless === 1,
    stateful: row.stateful === 1,
    deduplicate: row.deduplicate === 1,
    grants: JSON.parse(row.grants),
    addressClass: row.addressClass ?? undefined,
    description: row.description ?? undefined,
    elicitationHosts: row.elicitationHosts === null ? undefined : JSON.parse(row.elicitationHosts),
  };
}

/** Every text of a row that is sealed, wherever it stands. */
const SEALED = /"((?:c1|d[0-9a-f]{1,8})\.[A-Za-z0-9_-]{38,})"/g;

/** The columns of a row with each secret sealed anew; `unreadable`: no key at hand opens one of them. */
export function resealServer(
  seal: Sealing,
  row: Row,
): Pick<Row, 'transport' | 'auth' | 'headers'> | 'newest' | 'unreadable' {
  const { transport, auth, headers } = row;
  const texts = [...`${transport}${auth}${headers}`.matchAll(SEALED)].map(found => found[1] ?? '');
  if (texts.every(text => seal.isNewest(text))) return 'newest';
  try {
    const next = toRow(seal, fromRow(seal, row));
    return { transport: next.transport, auth: next.auth, headers: next.headers };
  } catch {
    return 'unreadable';
  }
}
