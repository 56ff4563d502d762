import { expect } from 'vitest';
import type { Page } from '../../support/browser.ts';
import type { Attack } from './attack.ts';

export const fieldOf = (page: Page) => /name="form" value="([^"]*)"/.exec(page.text)?.[1] ?? '';

export type Post = {
  readonly page: Page;
  readonly cookie: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
/** A form as anybody could send it. */
export const postTo = (attack: Attack, row: string, { page, cookie, fields, headers = {}, body }: Post) =>
  attack.send(row, page.url, {
    method: 'POST',
    headers: Object.entries({
      origin: attack.origin,
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    }).filter(([, value]) => value !== ''),
    body: body ?? new URLSearchParams(fields).toString(),
  });
export const allow = (form: string) => ({ form, step: 'consent', decision: 'allow' });
export const isGuarded = ({ headers }: { readonly headers: Headers }) => {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).not.toMatch(/unsafe|\*|http:\/\/(?!localhost|127)/);
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toContain('no-store');
  expect(headers.get('referrer-policy')).toMatch(/same-origin|no-referrer/);
};
