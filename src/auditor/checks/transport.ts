import { classOfAddress } from '../../http/index.ts';
import { type Check, found, PASSED, skipped } from '../check.ts';
import { brief, hasResult, statusOf } from '../speech.ts';

const STRANGE = 'https://audit.invalid';
const SECURITY = 'MCP 2025-11-25 basic/transports and 2026-07-28 streamable-http, "Security Warning"';

const isLoopback = ({ hostname }: URL) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Reached inside of a house or a machine, where a page of another site can be made to point (DNS rebinding). */
function isInside(url: URL): boolean {
  if (isLoopback(url)) return true;
  return classOfAddress(url.hostname.replace(/^\[|\]$/g, '')) === 'private';
}

const JSON_TYPES = /^(application\/json|text\/event-stream)\b/i;

/** The way there. */
export const TRANSPORT_CHECKS: readonly Check[] = [
  {
    id: 'no-tls',
    area: 'transport',
    severity: 'high',
    title: 'The connection is not encrypted',
    why: 'Tokens, arguments and results can be read and changed by everybody on the way.',
    fix: 'Serve it over https, or on this machine alone.',
    reference: 'MCP basic/authorization, "Communication Security"',
    look: async ({ url }) =>
      url.protocol === 'http:' && !isLoopback(url) ? found(`${url.origin} is http`) : PASSED,
  },
  {
    id: 'foreign-origin',
    area: 'transport',
    severity: 'high',
    title: 'Pages of any site may call it',
    why: 'A page that somebody visits can reach the server through their browser.',
    fix: 'Answer 403 to an Origin that is not expected.',
    reference: SECURITY,
    look: async subject => {
      const said = await subject.askAsOwner({ method: 'tools/list', headers: { origin: STRANGE } });
      return hasResult(said) ? found(`Origin: ${STRANGE} gets ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'foreign-host',
    area: 'transport',
    severity: 'medium',
    title: 'It answers to any Host',
    why: 'A name that is turned to this address later (DNS rebinding) makes a page of another site its neighbour.',
    fix: 'Answer only to the names under which it is meant to be reached.',
    reference: SECURITY,
    look: async subject => {
      if (!isInside(subject.url)) return skipped('it is not inside of a private network');
      const said = await subject.askAsOwner({ method: 'tools/list', headers: { host: 'audit.invalid' } });
      return hasResult(said) ? found(`Host: audit.invalid gets ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'open-cors',
    area: 'transport',
    severity: 'high',
    title: 'Pages of any site may read its answers with credentials',
    why: 'Access-Control-Allow-Credentials with any origin gives every page what a signed-in browser sees.',
    fix: 'Allow named origins only, and credentials for none of them.',
    reference: 'Fetch, "CORS protocol and credentials"',
    look: async subject => {
      const said = await subject.askAsOwner({ method: 'tools/list', headers: { origin: STRANGE } });
      if (said.kind === 'none') return PASSED;
      const origin = said.headers['access-control-allow-origin'];
      const credentials = said.headers['access-control-allow-credentials'];
      const isOpen = credentials === 'true' && (origin === STRANGE || origin === '*');
      return isOpen ? found(`Access-Control-Allow-Origin: ${origin} with credentials`) : PASSED;
    },
  },
  {
    id: 'content-type',
    area: 'transport',
    severity: 'medium',
    title: 'Answers have another media type',
    why: 'What is served as HTML runs as HTML when somebody opens it: then a server’s text becomes a page of its origin.',
    fix: 'Send application/json or text/event-stream.',
    reference: 'MCP basic/transports, "Sending Messages to the Server"',
    look: async subject => {
      const said = await subject.askAsOwner({ method: 'tools/list' });
      if (said.kind === 'none' || statusOf(said) !== 200) return skipped('there was no answer to look at');
      const type = said.headers['content-type'] ?? '';
      return JSON_TYPES.test(type) ? PASSED : found(`Content-Type: ${type || 'none'}`);
    },
  },
];
