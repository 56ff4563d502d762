import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { BrowserSessions, PasswordCheck, PasswordPolicy, Passwords, Setup } from '../auth/index.ts';
import { Fault, type Secret } from '../base/index.ts';
import type { Live } from '../live/index.ts';
import type { FormGuard } from './form-guard.ts';
import { pageHeaders } from './page-headers.ts';
import { type Html, notice, type Sentence } from './views/layout.ts';

export type PagesDeps = {
  readonly live: Live;
  readonly sessions: BrowserSessions;
  readonly setup: Setup;
  readonly passwords: Passwords;
  readonly checkPassword: PasswordCheck;
  readonly passwordPolicy?: PasswordPolicy | undefined;
  readonly master: Secret;
  readonly origin: () => string;
  /** The address that counts for limits: the peer's, or what a trusted proxy says. */
  readonly addressOf: (incoming: IncomingMessage) => string;
};

/** What every page is made with. */
export type PageKit = PagesDeps & { readonly guard: FormGuard };
export type PageEnv = { Bindings: { readonly incoming: IncomingMessage } };
export type PageContext = Context<PageEnv>;

/** The form's own fields, url-encoded; anything else is no form of these pages. */
export async function readForm(context: PageContext): Promise<URLSearchParams> {
  const type = context.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new Fault('invalid_request', { says: 'This is not a form of this page' });
  }
  return new URLSearchParams(await context.req.text());
}

/** Answers with what `view` makes of the nonce. */
export async function show(
  context: PageContext,
  kit: PageKit,
  status: number,
  view: (nonce: string) => Html,
): Promise<Response> {
  const { nonce, headers } = pageHeaders(kit.origin());
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return context.html(await view(nonce), status as ContentfulStatusCode);
}

export function say(
  context: PageContext,
  kit: PageKit,
  status: number,
  [title, ...sentences]: readonly [string, ...Sentence[]],
): Promise<Response> {
  return show(context, kit, status, nonce => notice({ title, nonce }, sentences));
}

/** To another page after a form (RFC 9110 section 15.4.4): a reload sends nothing again. */
export function goTo(context: PageContext, path: string): Response {
  context.header('Cache-Control', 'no-store');
  return context.redirect(path, 303);
}
