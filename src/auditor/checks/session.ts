import { randomToken } from '../../base/index.ts';
import { type Check, found, PASSED, skipped } from '../check.ts';
import { bearer, brief, hasResult, type Said } from '../speech.ts';
import type { Session, Subject } from '../subject.ts';

const SESSIONS = 'MCP 2025-11-25 basic/transports, "Session Management"';
const HIJACK = 'MCP security best practices, "Session Hijacking"';
const NO_SESSIONS = 'it keeps no sessions';
const SAMPLES = 6;
/** What a session id should hold (OWASP Session Management). */
const ENOUGH_BITS = 64;

async function hasSessions(subject: Subject): Promise<boolean> {
  return (await subject.session())?.id !== undefined;
}

function commonPrefix(texts: readonly string[]): number {
  const [first = ''] = texts;
  let at = 0;
  while (at < first.length && texts.every(text => text[at] === first[at])) at++;
  return at;
}

const reversed = (text: string) => [...text].reverse().join('');

/** Bits of what changes from one id to the next: at most, as the letters are guessed from the samples. */
function entropyOf(ids: readonly string[]): number {
  if (new Set(ids).size < ids.length) return 0;
  const head = commonPrefix(ids);
  const tail = commonPrefix(ids.map(id => reversed(id.slice(head))));
  const varying = ids.map(id => id.slice(head, id.length - tail));
  const letters = new Set(varying.flatMap(text => [...text]));
  const shortest = Math.min(...varying.map(text => text.length));
  return shortest * Math.log2(Math.max(2, letters.size));
}

async function newIds(subject: Subject): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const session = await subject.open();
    if (session?.id !== undefined) ids.push(session.id);
  }
  return ids;
}

/** Whether an id opens anything, for the one who shows the given token. */
const isTaken = (said: Said) => hasResult(said);

async function freshSession(subject: Subject): Promise<(Session & { readonly id: string }) | undefined> {
  const session = await subject.open();
  return session?.id === undefined ? undefined : { ...session, id: session.id };
}

const tryMadeUp = (subject: Subject): Promise<Said> =>
  subject.ask({ method: 'tools/list', token: subject.token, session: `audit-${randomToken(16)}` });

/** What a session id is worth. */
export const SESSION_CHECKS: readonly Check[] = [
  {
    id: 'weak-session-ids',
    area: 'session',
    severity: 'high',
    title: 'Session ids can be guessed',
    why: 'Who guesses an id speaks in the session of somebody else.',
    fix: 'Make ids of at least 128 random bits.',
    reference: `${SESSIONS}; ${HIJACK}`,
    look: async subject => {
      if (!(await hasSessions(subject))) return skipped(NO_SESSIONS);
      const ids = await newIds(subject);
      if (ids.length < SAMPLES) return skipped(`only ${ids.length} of ${SAMPLES} sessions could be opened`);
      const bits = Math.floor(entropyOf(ids));
      return bits < ENOUGH_BITS
        ? found(`of ${SAMPLES} ids no more than ${bits} bits change, such as ${ids.slice(0, 2).join(', ')}`)
        : PASSED;
    },
  },
  {
    id: 'chosen-session-id',
    area: 'session',
    severity: 'high',
    title: 'A client can choose the id of its session',
    why: 'Who sends somebody an id that they know shares the session afterwards (fixation).',
    fix: 'Make a new id at each initialize, whatever the request brings.',
    reference: HIJACK,
    look: async subject => {
      if (!(await hasSessions(subject))) return skipped(NO_SESSIONS);
      const chosen = `audit-${randomToken(16)}`;
      const opened = await subject.open({ session: chosen });
      return opened?.id === chosen ? found(`${chosen} was sent with initialize and given back`) : PASSED;
    },
  },
  {
    id: 'session-is-login',
    area: 'session',
    severity: 'critical',
    title: 'A session id is taken instead of a token',
    why: 'Session ids are no secrets: they stand in logs and headers. Servers MUST NOT use them to know who somebody is.',
    fix: 'Verify the token of every request, in a session too.',
    reference: HIJACK,
    look: async subject => {
      const session = await subject.session();
      if (session?.id === undefined) return skipped(NO_SESSIONS);
      const method = await subject.guardedMethod();
      if (method === undefined) return skipped('everybody may do everything here');
      const said = await subject.ask({ method, session: session.id });
      return isTaken(said) ? found(`${method} with the session and no token: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'foreign-session',
    area: 'session',
    severity: 'critical',
    title: 'A session can be used by somebody else',
    why: 'Another person who learns the id hears and says what belongs to its owner.',
    fix: 'Bind each session to the one who opened it, and answer 404 to everybody else.',
    reference: HIJACK,
    look: async subject => {
      if (!subject.otherToken) return skipped('there was no token of another person to try with');
      const session = await freshSession(subject);
      if (!session) return skipped(NO_SESSIONS);
      const said = await subject.ask({
        method: 'tools/list',
        token: subject.otherToken,
        session: session.id,
      });
      return isTaken(said) ? found(`with another person’s token: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'unknown-session',
    area: 'session',
    severity: 'medium',
    title: 'Any session id is taken',
    why: 'A client does not learn that its session is gone, and an id that was ended or made up goes on.',
    fix: 'Answer 404 to ids that are not of a session that lives.',
    reference: SESSIONS,
    look: async subject => {
      if (!(await hasSessions(subject))) return skipped(NO_SESSIONS);
      const said = await tryMadeUp(subject);
      return isTaken(said) ? found(`a made-up id: ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'ended-session',
    area: 'session',
    severity: 'medium',
    title: 'A session goes on after its end',
    why: 'Signing out does not end what somebody else may still use.',
    fix: 'Forget the session at DELETE, and answer 404 afterwards.',
    reference: SESSIONS,
    look: async subject => {
      const session = await freshSession(subject);
      if (!session) return skipped(NO_SESSIONS);
      if (isTaken(await tryMadeUp(subject))) return skipped('any session id is taken');
      const { wire, url, token } = subject;
      const headers = {
        'mcp-session-id': session.id,
        'mcp-protocol-version': '2025-11-25',
        ...bearer(token),
      };
      const ended = await wire.send({ url, method: 'DELETE', headers });
      if (ended.kind === 'none' || ended.status >= 300) return skipped('clients cannot end a session');
      const said = await subject.ask({ method: 'tools/list', token, session: session.id });
      return isTaken(said) ? found(`after DELETE: ${brief(said)}`) : PASSED;
    },
  },
];
