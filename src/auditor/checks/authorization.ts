import { randomToken, Secret } from '../../base/index.ts';
import { type Check, found, foundIf, PASSED, skipped } from '../check.ts';
import { brief, hasResult, isGuarded, statusOf } from '../speech.ts';
import type { Subject } from '../subject.ts';

const AUTHORIZATION = 'MCP 2025-11-25 and 2026-07-28, basic/authorization';
const NO_TOKEN = 'there was no token to try with';
const OPEN = 'everybody may do everything here';

/** Read-only by what it says of itself, so that trying it changes nothing. */
async function harmlessTool({ definitions, mayCall }: Subject): Promise<string> {
  const { tools } = await definitions();
  const isHarmless = ({ annotations }: (typeof tools)[number]) =>
    (annotations as { readonly readOnlyHint?: unknown } | undefined)?.readOnlyHint === true;
  const [tool] = mayCall ? tools : tools.filter(isHarmless);
  // A name that no server has: what is guarded refuses before it looks for it.
  return typeof tool?.name === 'string' ? tool.name : `audit_${randomToken(4)}`;
}

/** A token of nobody's, tried where nobody else gets in; undefined: everybody does. */
async function tryToken(subject: Subject, token: Secret) {
  const method = await subject.guardedMethod();
  return method === undefined ? undefined : subject.ask({ method, token });
}

/** An address with a token in it, and in no header, tried where nobody else gets in. */
async function tryQuery(subject: Subject, url: URL) {
  const method = await subject.guardedMethod();
  if (method === undefined) return undefined;
  const session = (await subject.session())?.id;
  // Where the session alone opens the door, the address proves nothing with it.
  const isEnough = hasResult(await subject.ask({ method, session }));
  return subject.ask({ method, url, session: isEnough ? undefined : session });
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT that is signed by nobody (RFC 8725 section 3.1), with the claims that a server would look for. */
async function unsignedToken({ url, discovery }: Subject): Promise<Secret> {
  const [iss] = await discovery.issuers();
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss, aud: url.href, sub: 'admin', client_id: 'audit', scope: 'mcp openid profile' };
  return new Secret(
    `${base64({ alg: 'none', typ: 'at+jwt' })}.${base64({ ...claims, iat: now, exp: now + 600 })}.`,
  );
}

function audienceOf(token: Secret): readonly string[] | undefined {
  const [, body] = token.reveal().split('.');
  try {
    const { aud } = JSON.parse(Buffer.from(body ?? '', 'base64url').toString('utf8'));
    return aud === undefined ? undefined : [aud].flat().map(String);
  } catch {
    return undefined;
  }
}

const trimmed = (url: string) => url.replace(/\/$/, '').toLowerCase();

/** The endpoint itself, or one that it lies below (RFC 8707 section 2). */
const covers = (audience: string, { href }: URL) =>
  trimmed(href) === trimmed(audience) || trimmed(href).startsWith(`${trimmed(audience)}/`);

/** Who gets in. */
export const AUTHORIZATION_CHECKS: readonly Check[] = [
  {
    id: 'anyone-lists',
    area: 'authorization',
    severity: 'critical',
    title: 'Anybody may list the tools',
    why: 'Whoever finds the address learns what the server can do, without any credential.',
    fix: 'Answer 401 with a challenge to every request that has no valid token.',
    reference: `${AUTHORIZATION}, "Access Token Usage"`,
    look: async subject => {
      const said = await subject.stranger();
      return hasResult(said) ? found(`tools/list without a token: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'anyone-calls',
    area: 'authorization',
    severity: 'critical',
    title: 'Anybody may call tools',
    why: 'A call reached the tools although nobody was known.',
    fix: 'Check the token before the method, its parameters and the name of the tool are looked at.',
    reference: `${AUTHORIZATION}, "Access Token Usage"`,
    look: async subject => {
      const name = await harmlessTool(subject);
      const said = await subject.ask({ method: 'tools/call', params: { name, arguments: {} } });
      if (said.message === undefined || isGuarded(said)) return PASSED;
      return found(`tools/call of ${name} without a token: ${brief(said)}`);
    },
  },
  {
    id: 'anyone-initializes',
    area: 'authorization',
    severity: 'medium',
    title: 'Anybody may begin a session',
    why: 'A stranger makes the server keep a session, and learns its name, version and capabilities.',
    fix: 'Ask for the token at initialize and server/discover as well.',
    reference: `${AUTHORIZATION}, "Access Token Usage"`,
    look: async subject => {
      const [era = 'legacy'] = await subject.eras();
      const said = await subject.hello(era);
      return hasResult(said) ? found(`without a token: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'any-token',
    area: 'authorization',
    severity: 'critical',
    title: 'Any token will do',
    why: 'A made-up token was taken for a good one.',
    fix: 'Verify each token: its signature or its entry, issuer, audience and expiry.',
    reference: `${AUTHORIZATION}, "Token Handling"`,
    look: async subject => {
      const said = await tryToken(subject, new Secret(`audit-${randomToken(24)}`));
      if (said === undefined) return skipped(OPEN);
      return hasResult(said) ? found(`a made-up token: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'unsigned-token',
    area: 'authorization',
    severity: 'critical',
    title: 'A token that nobody signed is taken',
    why: 'Anybody can write a JWT with `alg: none` and be whoever they like.',
    fix: 'Accept only the algorithms that the authorization server signs with.',
    reference: 'RFC 8725 section 3.1',
    look: async subject => {
      const said = await tryToken(subject, await unsignedToken(subject));
      if (said === undefined) return skipped(OPEN);
      return hasResult(said) ? found(`a JWT with alg none: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'token-refused',
    area: 'authorization',
    severity: 'medium',
    title: 'The token that was given is refused',
    why: 'Everything that needs somebody who is known could not be looked at.',
    fix: 'Give a token that is still good, for this very server.',
    reference: `${AUTHORIZATION}, "Token Handling"`,
    look: async subject => {
      if (!subject.token) return skipped(NO_TOKEN);
      const [era = 'legacy'] = await subject.eras();
      const said = await subject.hello(era, { token: subject.token });
      return isGuarded(said) ? found(`${statusOf(said)} with the token`) : PASSED;
    },
  },
  {
    id: 'foreign-audience',
    area: 'authorization',
    severity: 'high',
    title: 'A token for somebody else is taken',
    why: 'A token that was meant for another service works here: that service, or whoever robs it, can come as its users.',
    fix: 'Refuse tokens whose audience is not this server.',
    reference: `${AUTHORIZATION}, "Token Audience Binding and Validation"; RFC 8707`,
    look: async subject => {
      const { token, url } = subject;
      const audience = token && audienceOf(token);
      if (!audience) return skipped(token ? 'the token does not show whom it is for' : NO_TOKEN);
      if (audience.some(one => covers(one, url))) return PASSED;
      const said = await subject.askAsOwner({ method: 'tools/list' });
      return hasResult(said) ? found(`a token for ${audience.join(', ')} is taken at ${url.href}`) : PASSED;
    },
  },
  {
    id: 'token-in-query',
    area: 'authorization',
    severity: 'high',
    title: 'A token in the address is taken',
    why: 'Addresses end up in logs, histories and Referer headers, and the token with them.',
    fix: 'Read tokens from the Authorization header alone.',
    reference: `${AUTHORIZATION}, "Token Requirements"; RFC 6750 section 5.3`,
    look: async subject => {
      const { token, url } = subject;
      if (!token) return skipped(NO_TOKEN);
      const evidence: string[] = [];
      for (const name of ['access_token', 'token']) {
        const asked = new URL(url);
        asked.searchParams.set(name, token.reveal());
        const said = await tryQuery(subject, asked);
        if (said === undefined) return skipped(OPEN);
        if (hasResult(said)) evidence.push(`?${name}= is taken`);
      }
      return foundIf(evidence);
    },
  },
];
