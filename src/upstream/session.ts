import { LRUCache } from 'lru-cache';
import type { AnswerHeaders } from '../http/index.ts';
import {
  isObject,
  LEGACY_REVISIONS,
  LOG_LEVELS,
  type Params,
  type Profile,
  writeCapabilities,
} from '../mcp/index.ts';
import { type Hello, helloOf } from './hello.ts';
import type { Leg } from './leg.ts';
import type { Reply } from './reply.ts';

/** A server may leave a notification unanswered; the handshake is over all the same. */
const TAKEN_MS = 2_000;
/** A log level is not worth waiting longer for. */
const LEVEL_MS = 5_000;
/** How long a call may have to wait to learn whether its session lives. */
const PING_MS = 5_000;

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
  /** Runs while it is not known whether the server still answers to it. */
  checking: Promise<void> | undefined;
  /** Under which its server keeps it. */
  key = '';
  /** Whose it is; empty for the gateway's own. */
  principal = '';
  #level: string | undefined;
  #lostAt: number | undefined;

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

  /** Whether one client session alone is served by it. */
  get isOfOneClient(): boolean {
    return this.key.startsWith('s ');
  }

  /** Whether the server's logs of at least this level come already. */
  isAtLevel(level: string | undefined): boolean {
    return level === undefined || (this.#level !== undefined && !this.#isMore(level));
  }

  /** Tells the server which logs are wanted. A session that several calls or clients share keeps the most verbose. */
  async setLevel(level: string): Promise<void> {
    if (!this.can('logging') || (!this.isOfOneClient && this.isAtLevel(level))) return;
    this.#level = level;
    await this.leg.ask('logging/setLevel', { level }, { headers: this.headers, ms: LEVEL_MS });
  }

  #isMore(level: string): boolean {
    return LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.#level ?? '');
  }

  /** Lost is a session in which the server is silent to a ping too, or which it does not know. */
  check(ms: number, onLost: () => void): void {
    if (this.isEnded) return;
    const options = { headers: this.headers, ms: Math.min(PING_MS, ms) };
    this.checking ??= this.leg.ask('ping', {}, options).then(reply => {
      this.checking = undefined;
      const isSilent = reply.kind === 'failed' && reply.failure === 'timeout';
      if (isSilent || (reply.kind === 'http' && reply.status === 404)) onLost();
    });
  }

  /** The server says that it does not know it; kept, since the next one may be the end of somebody else's. */
  lose(): void {
    this.#lostAt ??= performance.now();
  }

  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** For how many milliseconds that has been known. */
  get lostMs(): number {
    return performance.now() - (this.#lostAt ?? performance.now());
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
  // Means nothing to a server of 2025; one of 2026 wants it on whatever is posted (streamable-http, "Standard Headers").
  const headers = { 'mcp-method': 'initialize' };
  const reply = await leg.ask('initialize', params, { headers, ms });
  if (reply.kind !== 'result') return { kind: 'refused', reply };
  const revision = reply.result.protocolVersion;
  if (typeof revision !== 'string' || !LEGACY_REVISIONS.includes(revision)) {
    const id = sessionIdOf(reply.headers);
    if (id !== undefined) leg.delete({ 'mcp-session-id': id });
    return {
      kind: 'refused',
      reply: { kind: 'error', code: -32602, message: 'no revision in common', data: undefined, status: 200 },
    };
  }
  const session = new UpstreamSession(options, revision, helloOf(reply.result), sessionIdOf(reply.headers));
  // Waited for: a server may register what it offers only now, and a list asked too early would miss it.
  const told = leg.tell(
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    session.headers,
  );
  await Promise.race([told, new Promise(resolve => setTimeout(resolve, TAKEN_MS).unref())]);
  return { kind: 'open', session };
}

const SESSION_IDLE_MS = 60 * 60 * 1000;
const MAX_SESSIONS = 20_000;

/** The open sessions at one server, by whose they are; one that nobody uses any more ends there. */
export function keptSessions(): LRUCache<string, UpstreamSession> {
  return new LRUCache({
    max: MAX_SESSIONS,
    ttl: SESSION_IDLE_MS,
    ttlResolution: 60_000,
    updateAgeOnGet: true,
    dispose: (session, _key, reason) => {
      if (reason !== 'set') session.end(true);
    },
  });
}
