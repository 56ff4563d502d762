import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Fault } from '../base/index.ts';
import { type Html, notice, type Sentence } from './layout.ts';
import { pageHeaders } from './page-headers.ts';

export type PageEnv = {
  Bindings: {
    readonly incoming: IncomingMessage;
    readonly outgoing: ServerResponse;
    /** By which a person names a request that went wrong. */
    readonly requestId?: string;
  };
};
export type PageContext = Context<PageEnv>;

/** How a page is answered: `formTarget` is one more place to which its forms may lead, by redirects too. */
export type Answer = {
  readonly origin: string;
  readonly status: number;
  readonly formTarget?: string | undefined;
};

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
  { origin, status, formTarget }: Answer,
  view: (nonce: string) => Html,
): Promise<Response> {
  const { nonce, headers } = pageHeaders(origin, formTarget);
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return context.html(await view(nonce), status as ContentfulStatusCode);
}

/** A page that only says something; one that refuses carries the id of the request. */
export function say(
  context: PageContext,
  answer: Answer,
  [title, ...sentences]: readonly [string, ...Sentence[]],
): Promise<Response> {
  const id = answer.status < 400 ? undefined : context.env.requestId;
  const all = id ? [...sentences, html`<span class="soft">request <code>${id}</code></span>`] : sentences;
  return show(context, answer, nonce => notice({ title, nonce }, all));
}

/** To another page after a form (RFC 9110 section 15.4.4): a reload sends nothing again. */
export function goTo(context: PageContext, path: string): Response {
  context.header('Cache-Control', 'no-store');
  return context.redirect(path, 303);
}
