import { randomToken, Secret } from '../../base/index.ts';
import { type Check, found, PASSED, skipped } from '../check.ts';
import { isGuarded, type Request, statusOf } from '../speech.ts';
import type { Subject } from '../subject.ts';

const GUESSES = 60;
const AT_ONCE = 20;
const CONSUMPTION = 'OWASP API4:2023, Unrestricted Resource Consumption';

type Burst = { readonly sent: number; readonly isEnded: boolean };

/** Sends requests, some at a time, until one is refused for being too many. */
async function burst(subject: Subject, most: number, make: () => Request): Promise<Burst> {
  let sent = 0;
  while (sent < most) {
    const wave = Math.min(AT_ONCE, most - sent);
    const said = await Promise.all(Array.from({ length: wave }, () => subject.ask(make())));
    sent += wave;
    // Refused, or shut out: both end the flood.
    if (said.some(one => [429, 503].includes(statusOf(one)) || one.kind === 'none'))
      return { sent, isEnded: true };
  }
  return { sent, isEnded: false };
}

/** Whether anything ends a flood. Looked at last: what follows could be refused. */
export const LIMIT_CHECKS: readonly Check[] = [
  {
    id: 'no-limit',
    area: 'limits',
    severity: 'low',
    title: 'One caller may ask as often as they like',
    why: 'One program that runs wild takes the server from everybody else.',
    fix: 'Answer 429 with Retry-After above a number of requests.',
    reference: CONSUMPTION,
    look: async subject => {
      const session = (await subject.session())?.id;
      const [era] = await subject.eras();
      const method = era === 'modern' ? 'tools/list' : 'ping';
      const { sent, isEnded } = await burst(subject, subject.burst, () => ({
        ...{ method, session, token: subject.token },
      }));
      return isEnded ? PASSED : found(`${sent} requests in a row, and none was refused`);
    },
  },
  {
    id: 'no-guess-limit',
    area: 'limits',
    severity: 'medium',
    title: 'Tokens may be guessed without end',
    why: 'Whoever guesses is never slowed down.',
    fix: 'Answer 429 to an address after a number of wrong tokens.',
    reference: 'OWASP API2:2023, Broken Authentication',
    look: async subject => {
      const method = await subject.guardedMethod();
      if (method === undefined) return skipped('it asks nobody for a token');
      const guess = () => ({ method, token: new Secret(`audit-${randomToken(16)}`) });
      if (!isGuarded(await subject.ask(guess()))) return skipped('any token will do');
      const { sent, isEnded } = await burst(subject, GUESSES, guess);
      return isEnded ? PASSED : found(`${sent} wrong tokens in a row, and none was refused for that`);
    },
  },
];
