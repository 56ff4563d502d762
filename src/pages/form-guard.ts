import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { asAsked } from '../auth/index.ts';
import { deriveKey, randomToken, type Secret } from '../base/index.ts';

/** What stands in a form, and the cookie that it must come back with. */
export type FormToken = { readonly field: string; readonly cookie: string };

/** Keeps other sites from sending the forms that need no session yet. */
export type FormGuard = {
  issue(): FormToken;
  isOurs(context: Context, form: URLSearchParams): boolean;
};

const TEN_HOURS_S = 36_000;

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether the browser says that one of our own pages sent this: in the spelling of this machine that it uses. */
export function isSameOrigin(context: Context, origin: string): boolean {
  const asked = asAsked(origin, context.req.header('host'));
  return context.req.header('origin') === asked;
}

/** A random cookie, and in the form what only this gateway computes from it. */
export function createFormGuard(master: Secret, origin: () => string): FormGuard {
  const key = deriveKey(master, 'form-guard');
  const fieldOf = (value: string) => createHmac('sha256', key).update(value).digest('base64url');
  const isHttps = () => origin().startsWith('https:');
  const name = () => (isHttps() ? '__Host-amg_form' : 'amg_form');
  return {
    issue: () => {
      const value = randomToken(16);
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${TEN_HOURS_S}${isHttps() ? '; Secure' : ''}`;
      return { field: fieldOf(value), cookie: `${name()}=${value}; ${attributes}` };
    },
    isOurs: (context, form) => {
      const value = getCookie(context, name());
      if (!isSameOrigin(context, origin()) || value === undefined) return false;
      return isSame(fieldOf(value), form.get('form') ?? '');
    },
  };
}
