import { type Fetched, fetchDocument } from '../../../http/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import { addressRule } from '../../pipe/ways.ts';
import { OAuthTrouble } from '../trouble.ts';
import type { ConnectionsDeps } from '../types.ts';

const MAX_BYTES = 64 * 1024;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The three spellings of this machine are one host. */
const hostOf = (url: URL): string => (LOOPBACK.has(url.hostname) ? 'localhost' : url.hostname);

export type Asked = {
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** Addresses that the operator wrote: the servers, and authorization servers named beside them. */
function* configuredUrls(entries: Iterable<ServerEntry>): Iterable<readonly [ServerEntry, string]> {
  for (const entry of entries) {
    if (entry.transport.kind !== 'stdio') yield [entry, entry.transport.url];
    if (entry.auth.kind !== 'oauth') continue;
    if (entry.auth.issuer) yield [entry, entry.auth.issuer];
    if (entry.auth.tokenEndpoint) yield [entry, entry.auth.tokenEndpoint];
  }
}

/** The way to authorization servers, which somebody else named. */
export class Way {
  readonly #deps: ConnectionsDeps;
  readonly #timeoutMs: number;

  constructor(deps: ConnectionsDeps, timeoutMs: number) {
    this.#deps = deps;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether the host is one that the operator configured and that may be private. */
  #isConfigured(url: URL): boolean {
    const host = hostOf(url);
    for (const [entry, text] of configuredUrls(this.#deps.live.current().servers.values())) {
      const configured = URL.parse(text);
      if (!configured || hostOf(configured) !== host) continue;
      if (addressRule(entry, this.#deps.isPrivateAllowed).isPrivateAllowed) return true;
    }
    return false;
  }

  /**
   * Throws where the gateway may not go: https only, but for a private host that the operator configured
   * (requirements C2; MCP 2026-07-28 security considerations, "Communication Security").
   */
  async check(url: URL): Promise<void> {
    if (url.username || url.password || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      throw new OAuthTrouble('forbidden', url.host);
    if (url.protocol === 'https:') return;
    if (this.#isConfigured(url) && (await this.#deps.egress.classOf(url.hostname)) === 'private') return;
    throw new OAuthTrouble('insecure', url.host);
  }

  /** One request: no redirect, at most 64 KB, within the time. Throws OAuthTrouble for an address that is not allowed. */
  async ask(url: URL, asked: Asked, maxBytes = MAX_BYTES): Promise<Fetched> {
    await this.check(url);
    const fetched = await fetchDocument(this.#deps.egress, {
      url,
      method: asked.method ?? 'GET',
      headers: { 'user-agent': 'authmcp-gateway/2', ...asked.headers },
      body: asked.body,
      isPrivateAllowed: this.#isConfigured(url),
      maxBytes,
      ms: this.#timeoutMs,
    });
    if (fetched.ok || fetched.why !== 'blocked') return fetched;
    const detail = { host: url.host, by: 'upstream_oauth' };
    this.#deps.ledger.event({ type: 'ssrf_blocked', severity: 'high', detail });
    throw new OAuthTrouble('forbidden', url.host);
  }
}
