import { z } from 'zod';
import type { ServerEntry } from '../../../mcp/index.ts';
import { type ConnectionView, credentialExpiry } from '../../../upstream/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { isoTime } from '../fields.ts';

const STATUSES = ['ok', 'warning', 'expired', 'never', 'unknown', 'none'] as const;
type Status = (typeof STATUSES)[number];

const WARNING_MS = 7 * 86_400_000;

export const tokenStatus = z.object({
  server_id: z.string(),
  server_name: z.string(),
  auth_type: z.string(),
  /** `never`: it never expires; `unknown`: it does not say; `none`: there is none. */
  status: z.enum(STATUSES),
  expires_at: z.string().nullable(),
  /** Of a server with OAuth: whose accounts they are, and how they stand. */
  oauth: z
    .object({
      per: z.enum(['user', 'gateway']),
      grant: z.string(),
      connected: z.number(),
      ended: z.number(),
    })
    .nullable(),
});

type TokenStatus = z.input<typeof tokenStatus>;

/** How a credential that ends then stands now. */
function statusAt(expiresAt: number, now: number): Status {
  if (expiresAt <= now) return 'expired';
  return expiresAt - now < WARNING_MS ? 'warning' : 'ok';
}

function accountStatus({ state, expiresAt, isRefreshable }: ConnectionView, now: number): Status {
  if (state === 'ended') return 'expired';
  return isRefreshable || expiresAt === undefined ? 'ok' : statusAt(expiresAt, now);
}

const WORST: readonly Status[] = ['expired', 'warning', 'ok'];

/** Of many accounts that of the one that needs somebody most. */
function worstOf(views: readonly ConnectionView[], now: number): Status {
  const found = views.map(view => accountStatus(view, now));
  return WORST.find(status => found.includes(status)) ?? 'none';
}

async function oauthStatus({ connections, clock }: ApiKit, { name, auth }: ServerEntry) {
  if (auth.kind !== 'oauth') return undefined;
  const { per, grant } = auth;
  const views = (await connections.listAt(name)).filter(
    ({ person }) => (person === undefined) === (per === 'gateway'),
  );
  const connected = views.filter(({ state }) => state === 'connected').length;
  const own = per === 'gateway' ? views[0] : undefined;
  return {
    status: worstOf(views, clock.now()),
    expires_at: isoTime(own?.expiresAt),
    oauth: { per, grant, connected, ended: views.length - connected },
  };
}

function fixedStatus({ clock }: ApiKit, { auth }: ServerEntry) {
  if (auth.kind === 'none') return { status: 'none', expires_at: null, oauth: null } as const;
  const expiry = credentialExpiry(auth);
  if (typeof expiry !== 'number') return { status: expiry, expires_at: null, oauth: null } as const;
  return { status: statusAt(expiry, clock.now()), expires_at: isoTime(expiry), oauth: null };
}

/** Whether a server's credential is good, and for how long. */
export async function tokenStatusOf(kit: ApiKit, entry: ServerEntry): Promise<TokenStatus> {
  const found = (await oauthStatus(kit, entry)) ?? fixedStatus(kit, entry);
  return { server_id: entry.name, server_name: entry.title, auth_type: entry.auth.kind, ...found };
}
