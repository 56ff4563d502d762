import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Clock, UserId } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import type { OAuthArtifact, OAuthStore } from '../../store/index.ts';

export type ArtifactDeps = { readonly oauth: OAuthStore; readonly clock: Clock; readonly live: Live };

/** A refresh token that was used may be used again so long, by its own client: its answer may have been lost. */
const GRACE_MS = 10_000;

/** What has no lifetime of its own, such as a registration access token, lives as long as its client. */
const ENDLESS_S = 10 * 365 * 86_400;

const hashOf = (id: string) => createHash('sha256').update(id).digest('hex');

/** One kind of what the authorization server remembers: by hash of its id, the payload sealed by the store. */
export class Artifacts implements Adapter {
  readonly #kind: string;
  readonly #deps: ArtifactDeps;

  constructor(kind: string, deps: ArtifactDeps) {
    this.#kind = kind;
    this.#deps = deps;
  }

  async upsert(id: string, payload: AdapterPayload, expiresInSeconds: number = ENDLESS_S): Promise<void> {
    const now = this.#deps.clock.now();
    const isRefresh = this.#kind === 'RefreshToken';
    const row = { ...this.#columnsOf(id, payload), createdAt: now, expiresAt: now + expiresInSeconds * 1000 };
    // Parallel refreshes of one token compute one successor: the first to write it stays.
    await this.#deps.oauth.putArtifact(row, isRefresh);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#open(await this.#deps.oauth.artifact(this.#kind, hashOf(id)));
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#open(await this.#deps.oauth.artifactByUserCode(this.#kind, hashOf(userCode)));
  }

  async findByUid(): Promise<undefined> {
    return undefined;
  }

  /** Of many at once one is first; the others are refused, but for a refresh token within its grace. */
  async consume(id: string): Promise<void> {
    const { oauth, clock } = this.#deps;
    const isFirst = await oauth.consumeArtifact(this.#kind, hashOf(id), clock.now());
    if (isFirst || (this.#kind === 'RefreshToken' && (await this.find(id))?.consumed === undefined)) return;
    throw this.#kind === 'PushedAuthorizationRequest'
      ? new errors.InvalidRequestUri('request_uri was already used')
      : new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    if (this.#kind === 'Grant') return this.revokeByGrantId(id);
    const isFirst = await this.#deps.oauth.deleteArtifact(this.#kind, hashOf(id));
    // A decision that is gone on with many times at once is one: it gives one code.
    if (!isFirst && this.#kind === 'Interaction')
      throw new errors.SessionNotFound('interaction was finished');
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#deps.oauth.endGrant(grantId);
    await this.#deps.live.refresh();
  }

  #open(found: OAuthArtifact | undefined): AdapterPayload | undefined {
    if (!found || found.expiresAt <= this.#deps.clock.now()) return undefined;
    const payload: AdapterPayload = JSON.parse(found.payload);
    const { consumedAt } = found;
    const isSpent = consumedAt !== undefined && !this.#isInGrace(consumedAt);
    return isSpent ? { ...payload, consumed: Math.floor(consumedAt / 1000) } : payload;
  }

  #isInGrace(consumedAt: number): boolean {
    return this.#kind === 'RefreshToken' && this.#deps.clock.now() - consumedAt <= GRACE_MS;
  }

  #columnsOf(id: string, payload: AdapterPayload) {
    return {
      kind: this.#kind,
      hash: hashOf(id),
      payload: JSON.stringify(payload),
      grantId: this.#kind === 'Grant' ? id : payload.grantId,
      userId: payload.accountId as UserId | undefined,
      clientId: payload.clientId,
      userCodeHash: payload.userCode === undefined ? undefined : hashOf(payload.userCode),
      consumedAt: undefined,
    };
  }
}
