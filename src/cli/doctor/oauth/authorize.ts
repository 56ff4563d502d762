import { createHash } from 'node:crypto';
import { randomToken } from '../../../base/index.ts';
import { headerOf } from '../asking.ts';
import { refusalText, urlOf } from '../documents.ts';
import { type Probe, Stop } from '../hops.ts';
import type { Listener } from './listener.ts';
import type { Client } from './made.ts';
import type { Resource } from './resource.ts';
import type { Server } from './server.ts';

/** One sign-in: where to send the browser, and what must come back. */
export type SignIn = {
  readonly url: URL;
  readonly state: string;
  readonly verifier: string;
  readonly redirect: string;
};

export type Wanted = {
  readonly server: Server;
  readonly client: Client;
  readonly resource: Resource;
  readonly scope: string | undefined;
};

export function signInOf({ server, client, resource, scope }: Wanted): SignIn {
  const [state, verifier] = [randomToken(16), randomToken(32)];
  const url = new URL(server.authorize);
  const query = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirect,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: resource.id,
    ...(scope === undefined ? {} : { scope }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { url, state, verifier, redirect: client.redirect };
}

/** Whether a browser would find a page there, or the way to one. Nobody is signed in by looking. */
export async function lookAtPage(probe: Probe, { url, redirect }: SignIn): Promise<void> {
  const { status, headers, body } = await probe.ask(url, { headers: { accept: 'text/html' } });
  const location = urlOf(headerOf(headers, 'location'), url);
  const isRedirect = status >= 300 && status < 400 && location !== undefined;
  if (!isRedirect && (status < 200 || status >= 300))
    throw new Stop('authorize_error', refusalText(status, body));
  if (!isRedirect) return probe.fact(`a page (${status})`);
  if (!isCallback(location, redirect)) return probe.fact(`leads to ${location.origin}${location.pathname}`);
  const error = location.searchParams.get('error');
  if (error !== null) throw new Stop('authorize_refused', errorText(location.searchParams));
  probe.fact('comes back at once, without asking anybody');
}

function isCallback(url: URL, redirect: string): boolean {
  const { origin, pathname } = new URL(redirect);
  return url.origin === origin && url.pathname === pathname;
}

function errorText(query: URLSearchParams): string {
  const more = query.get('error_description');
  return `${query.get('error')}${more === null ? '' : `: ${more}`}`;
}

/** Waits for the browser and reads what it brings: first whether it is ours, then what it says. Gives the code. */
export async function awaitCallback(
  probe: Probe,
  { state, redirect }: SignIn,
  server: Server,
  waiting: { readonly listener: Listener; readonly ms: number; readonly signal?: AbortSignal },
): Promise<string> {
  const query = await waiting.listener.visit(new URL(redirect).pathname, waiting.ms, waiting.signal);
  if (waiting.signal?.aborted) throw new Stop('no_callback', 'interrupted');
  if (!query) throw new Stop('no_callback', `${Math.round(waiting.ms / 1000)} s`);
  if (query.get('state') !== state) throw new Stop('callback_state', query.get('state') ?? 'no state');
  checkIss(query.get('iss'), server);
  if (query.has('error')) throw new Stop('callback_error', errorText(query));
  const code = query.get('code') ?? '';
  if (code === '') throw new Stop('callback_no_code', [...query.keys()].join(', '));
  probe.fact(query.has('iss') ? 'code, state and iss as they should be' : 'code and state as they should be');
  return code;
}

/** Plain comparison, also where it was not announced (RFC 9207 section 2.4). */
function checkIss(iss: string | null, { issuer, sendsIss }: Server): void {
  if (iss === null && sendsIss) throw new Stop('callback_no_iss');
  if (iss !== null && iss !== issuer) throw new Stop('callback_iss', `${iss} is not ${issuer}`);
}
