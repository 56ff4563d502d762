import type { AnswerHeaders } from '../http/index.ts';
import { isObject, LEGACY_REVISIONS, type Params, type Profile, writeCapabilities } from '../mcp/index.ts';
import { type Hello, helloOf } from './hello.ts';
import type { Leg } from './leg.ts';
import type { Reply } from './reply.ts';

export type SessionOptions = {
  readonly leg: Leg;
  readonly profile: Profile;
  /** `clientInfo` of the handshake. */
  readonly client: Params;
  readonly ms: number;
};

type Opened =
  | { readonly kind: 'open'; readonly session: UpstreamSession }
  | { readonly kind: 'refused'; readonly reply: Exclude<Reply, { kind: 'result' }> };

function sessionIdOf(headers: AnswerHeaders): string | undefined {
  const value = headers['mcp-session-id'];
  // Visible ASCII only (2025-11-25 transports, "Session Management"): anything else would not survive as a header.
  return typeof value === 'string' && /^[\x21-\x7e]{1,1024}$/.test(value) ? value : undefined;
}

/**
 * One conversation with a server of the 2025 revisions, after its handshake. A server that gave no session id keeps
 * nothing between requests, as far as it says.
 */
export class UpstreamSession {
  readonly leg: Leg;
  readonly profile: Profile;
  readonly hello: Hello;
  readonly id: string | undefined;
  /** What goes with each message of this session. */
  readonly headers: Readonly<Record<string, string>>;
  /** The revision that the server answered. */
  readonly revision: string;
  isEnded = false;
  /** Under which its server keeps it. */
  key = '';

  constructor(options: SessionOptions, revision: string, hello: Hello, id: string | undefined) {
    this.leg = options.leg;
    this.profile = options.profile;
    this.hello = hello;
    this.revision = revision;
    this.id = id;
    this.headers = { 'mcp-protocol-version': revision, ...(id !== undefined && { 'mcp-session-id': id }) };
  }

  can(capability: string): boolean {
    return isObject(this.hello.capabilities[capability]);
  }

  /** A notification; the answer does not matter. */
  notify(method: string, params?: unknown): void {
    void this.leg.tell(
      JSON.stringify({ jsonrpc: '2.0', method, ...(params !== undefined && { params }) }),
      this.headers,
    );
  }

  /** The server forgot it, or nobody needs it: `tellServer` sends DELETE. */
  end(tellServer: boolean): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (tellServer && this.id !== undefined) this.leg.delete(this.headers);
  }
}

/** `initialize`, then `notifications/initialized` (2025-11-25 lifecycle). */
export async function openSession(options: SessionOptions): Promise<Opened> {
  const { leg, profile, client, ms } = options;
  const params = {
    protocolVersion: profile.revision,
    capabilities: writeCapabilities(profile.capabilities, profile.revision),
    clientInfo: client,
  };
  const reply = await leg.ask('initialize', params, { headers: {}, ms });
  if (reply.kind !== 'result') return { kind: 'refused', reply };
  const revision = reply.result.protocolVersion;
  if (typeof revision !== 'string' || !LEGACY_REVISIONS.includes(revision)) {
    return {
      kind: 'refused',
      reply: { kind: 'error', code: -32602, message: 'no revision in common', data: undefined, status: 200 },
    };
  }
  const session = new UpstreamSession(options, revision, helloOf(reply.result), sessionIdOf(reply.headers));
  // Waited for: a server may register what it offers only now, and a list asked too early would miss it.
  await leg.tell(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }), session.headers);
  return { kind: 'open', session };
}
