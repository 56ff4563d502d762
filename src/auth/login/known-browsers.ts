import { createHmac } from 'node:crypto';
import { type Clock, deriveKey, randomToken, type Secret } from '../../base/index.ts';
import { nameKeyOf } from '../../store/index.ts';
import { cookieAttributes, cookieName, readCookie } from '../cookies.ts';
import { isSameHash } from '../proof.ts';

/**
 * Browsers in which an account was signed in to before, told by a cookie. Whoever tries names from elsewhere cannot
 * slow these down, so that nobody is locked out by strangers (OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies"). The cookie opens nothing: it only says whose tries these are not.
 */
export type KnownBrowsers = {
  /** A `Set-Cookie` value. */
  remember(account: string): string;
  /** What names the browser, where it is known for this account. */
  known(cookies: string | undefined, account: string): string | undefined;
};

const NAME = 'amg_browser';
const DAYS = 180;
/** Random part, end of its life, mark. */
const FORM = /^([\w-]{12}\.([0-9a-z]{1,12}))\.([\w-]{43})$/;

type Deps = { readonly master: Secret; readonly clock: Clock; readonly origin: () => string };

export function createKnownBrowsers({ master, clock, origin }: Deps): KnownBrowsers {
  const key = deriveKey(master, 'known-browser');
  const mark = (account: string, rest: string) =>
    createHmac('sha256', key)
      .update(`${nameKeyOf(account)}\0${rest}`)
      .digest('base64url');
  return {
    remember: account => {
      const rest = `${randomToken(9)}.${(clock.now() + DAYS * 86_400_000).toString(36)}`;
      const value = `${rest}.${mark(account, rest)}`;
      const attributes = cookieAttributes(origin(), 'Strict');
      return `${cookieName(origin(), NAME)}=${value}; ${attributes}; Max-Age=${DAYS * 86_400}`;
    },
    known: (cookies, account) => {
      const value = readCookie(cookies, cookieName(origin(), NAME));
      const [, rest, until = '', given] = FORM.exec(value ?? '') ?? [];
      if (rest === undefined || given === undefined || !isSameHash(mark(account, rest), given))
        return undefined;
      return Number.parseInt(until, 36) > clock.now() ? rest : undefined;
    },
  };
}
