import type Provider from 'oidc-provider';
import type { UserId } from '../../base/index.ts';
import type { FormGuard, PageContext } from '../../pages/index.ts';
import type { Consents } from '../consents.ts';
import type { OAuthDeps } from '../types.ts';

/** What every page of the authorization server is made with. */
export type Kit = OAuthDeps & {
  readonly provider: () => Promise<Provider>;
  readonly guard: FormGuard;
  readonly consents: Consents;
};

/** What a page refuses is an event like what an endpoint refuses. */
export function noteRefused(
  context: PageContext,
  kit: Kit,
  { at, error, principal }: { readonly at: string; readonly error: string; readonly principal?: UserId },
): void {
  const address = kit.addressOf(context.env.incoming);
  const request = context.env.requestId;
  const whose = { principal, address, request };
  kit.ledger.event({ type: 'oauth_refused', severity: 'medium', ...whose, detail: { at, error } });
}
