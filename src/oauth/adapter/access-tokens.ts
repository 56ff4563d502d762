import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { UserId } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import type { Store } from '../../store/index.ts';

/** An access token that somebody shows for revocation or introspection, its signature verified. */
export type Shown = {
  readonly jti: string;
  readonly sub: string;
  readonly clientId: string;
  readonly gid: string | undefined;
  readonly scope: string | undefined;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
};

export type AccessTokensDeps = {
  readonly live: Live;
  readonly store: Store;
  /** What the request under way showed, by the id that stands in its place. */
  readonly shown: (id: string) => Shown | undefined;
};

/** Tokens of clients that act for themselves. */
const isOwnGrant = (gid: string | undefined) => gid?.startsWith('client:') === true;

/**
 * Access tokens are signed and kept nowhere (RFC 9068), and the provider neither revokes nor introspects such ones:
 * for these two requests a verified token is looked up here as if it were kept.
 */
export class AccessTokens implements Adapter {
  readonly #kind: string;
  readonly #deps: AccessTokensDeps;

  constructor(kind: string, deps: AccessTokensDeps) {
    this.#kind = kind;
    this.#deps = deps;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const shown = this.#deps.shown(id);
    if (!shown || isOwnGrant(shown.gid) !== (this.#kind === 'ClientCredentials')) return undefined;
    const { revoked, users } = this.#deps.live.current();
    const isEnded = revoked.has(shown.jti) || (shown.gid !== undefined && revoked.has(shown.gid));
    const user = users.get(shown.sub as UserId);
    if (isEnded || !user || user.disabled) return undefined;
    const { clientId, scope, aud, iat, exp } = shown;
    const common = {
      kind: this.#kind,
      jti: id,
      clientId,
      aud,
      iat,
      exp,
      ...(scope !== undefined && { scope }),
    };
    return { ...common, extra: { sub: shown.sub, jti: shown.jti, username: user.name } };
  }

  async destroy(id: string): Promise<void> {
    const shown = this.#deps.shown(id);
    if (!shown) return;
    await this.#deps.store.revokeToken(shown.jti, shown.exp * 1000);
    await this.#deps.live.refresh();
  }

  async upsert(): Promise<void> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}
