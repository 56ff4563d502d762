import type { IncomingMessage } from 'node:http';
import {
  type BrowserSessions,
  brokenRules,
  type Links,
  type PasswordCheck,
  type PasswordPolicy,
  type Passwords,
  type Setup,
} from '../auth/index.ts';
import { Secret } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Live } from '../live/index.ts';
import type { FormGuard, PageContext } from '../pages/index.ts';
import type { User } from '../store/index.ts';

export type PagesDeps = {
  readonly live: Live;
  readonly sessions: BrowserSessions;
  readonly setup: Setup;
  readonly passwords: Passwords;
  readonly checkPassword: PasswordCheck;
  readonly passwordPolicy?: (() => PasswordPolicy) | undefined;
  readonly links: Links;
  readonly master: Secret;
  /** Who hears of people who sign out. */
  readonly ledger?: Pick<Ledger, 'signIn'>;
  readonly origin: () => string;
  /** What the pages say of the gateway itself. */
  readonly about?: {
    readonly version: string;
    readonly isPrivate: boolean;
    /** The command line of the sample server, where commands may be added. */
    readonly sample?: string | undefined;
  };
  /** The address that counts for limits: the peer's, or what a trusted proxy says. */
  readonly addressOf: (incoming: IncomingMessage) => string;
};

/** What every page is made with. */
export type PageKit = PagesDeps & { readonly guard: FormGuard };

/** The browser is this person's from here on. */
export async function beginSession(
  context: PageContext,
  { sessions, addressOf }: Pick<PagesDeps, 'sessions' | 'addressOf'>,
  user: Pick<User, 'id' | 'name'>,
): Promise<void> {
  const [cookies, userAgent] = [context.req.header('cookie'), context.req.header('user-agent')];
  const from = { cookies, userAgent, address: addressOf(context.env.incoming) };
  for (const cookie of await sessions.begin(user, from))
    context.header('Set-Cookie', cookie, { append: true });
}

/** What a password needs, as a sentence. */
export function passwordRules({ passwordPolicy }: Pick<PagesDeps, 'passwordPolicy'>): string {
  const text = brokenRules(new Secret(''), passwordPolicy?.()).join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
