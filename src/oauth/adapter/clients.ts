import { createHash } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import type { OAuthClient, OAuthStore } from '../../store/index.ts';

const HASHED = 'sha256:';

export const isHashed = (secret: unknown) => typeof secret === 'string' && secret.startsWith(HASHED);

/** How a client's secret rests: 256 random bits need no slow hash. */
export function hashClientSecret(secret: string): string {
  return isHashed(secret) ? secret : HASHED + createHash('sha256').update(secret).digest('hex');
}

export type ClientsDeps = {
  readonly oauth: OAuthStore;
  readonly clock: Clock;
  readonly live: Live;
  /** Who registers in the request under way. */
  readonly addressNow: () => string | undefined;
};

/** Metadata of a client as the provider takes it, with what an administrator decided about it. */
function metadataOf({ metadata, accessTtlMs, refreshTtlMs, userId }: OAuthClient): AdapterPayload {
  return {
    ...JSON.parse(metadata),
    ...(accessTtlMs !== undefined && { authmcp_access_ttl_ms: accessTtlMs }),
    ...(refreshTtlMs !== undefined && { authmcp_refresh_ttl_ms: refreshTtlMs }),
    ...(userId !== undefined && { authmcp_user: userId }),
  };
}

/** In columns of their own. */
const DECIDED = new Set(['authmcp_access_ttl_ms', 'authmcp_refresh_ttl_ms', 'authmcp_user']);

/** Registered clients. Those whose id is a URL come from their documents, not from here. */
export class Clients implements Adapter {
  readonly #deps: ClientsDeps;

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await this.#deps.oauth.client(id);
    return found && found.source !== 'cimd' ? metadataOf(found) : undefined;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    const { oauth, clock, addressNow } = this.#deps;
    const secret = payload.client_secret;
    const own = Object.fromEntries(Object.entries(payload).filter(([key]) => !DECIDED.has(key)));
    const kept = secret === undefined ? own : { ...own, client_secret: hashClientSecret(secret) };
    const known = await oauth.client(id);
    const name = typeof payload.client_name === 'string' ? payload.client_name : undefined;
    const metadata = JSON.stringify(kept);
    await oauth.putClient({ ...(known ?? newClient(id, clock.now(), addressNow())), name, metadata });
  }

  async destroy(id: string): Promise<void> {
    await this.#deps.oauth.deleteClient(id);
    await this.#deps.live.refresh();
  }

  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

/** A client that registers itself. */
export function newClient(id: string, now: number, address: string | undefined): OAuthClient {
  return {
    id,
    source: 'dcr',
    name: undefined,
    metadata: '{}',
    userId: undefined,
    accessTtlMs: undefined,
    refreshTtlMs: undefined,
    createdAt: now,
    createdAddress: address,
    lastSeenAt: undefined,
    lastAddress: undefined,
    lastAgent: undefined,
    lastTokenAt: undefined,
  };
}
