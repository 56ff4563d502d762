import { useCallback } from 'react';
import { useLocation, useSearchParams } from 'wouter';

/**
 * A step is one that Back undoes: a filter, a tab, a window, something that is opened. What goes on within a step, letter
 * by letter or row by row, takes its place.
 */
export type How = 'step' | 'within';

/**
 * What the parameters of addresses are; one that is not named here filters what is shown. `view`: decides what stands on
 * the page. `opens`: something is opened, and what stood there goes. `moment`: is of now, and takes nothing away.
 */
const PARAMETERS: Readonly<Record<string, 'view' | 'opens' | 'moment'>> = {
  ...{ tab: 'view', step: 'view', server: 'view', tool: 'view', user: 'view', kind: 'view' },
  ...{ 'play-era': 'view', open: 'opens', add: 'opens', group: 'opens', limit: 'opens', subject: 'opens' },
  ...{ revoke: 'moment', key: 'moment', connected: 'moment', live: 'moment', replay: 'moment' },
};

/** Whether another value of it shows something else, and not only more or less of the same. */
export const isOfView = (name: string): boolean => ['view', 'opens'].includes(PARAMETERS[name] ?? '');

/** Whether it is asked or opened at the moment only, and no part of what is looked at. */
export const isOfMoment = (name: string): boolean => ['opens', 'moment'].includes(PARAMETERS[name] ?? '');

type Change = Readonly<Record<string, string>>;

/** Changes what the address says after its `?`; an address that stays the same is no step. */
function useChange(): (change: Change, how?: How) => void {
  const [, go] = useLocation();
  return useCallback(
    (change, how = 'step') => {
      const { pathname, search } = location;
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(change)) {
        if (value === '') next.delete(name);
        else next.set(name, value);
      }
      if (next.toString() === new URLSearchParams(search).toString()) return;
      go(next.size === 0 ? pathname : `${pathname}?${next}`, { replace: how === 'within' });
    },
    [go],
  );
}

/** A filter that stands in the address: a link to the page is a link to what it shows. An empty one is not there. */
export function useParam(
  name: string,
  fallback = '',
): readonly [value: string, set: (value: string, how?: How) => void] {
  const [params] = useSearchParams();
  const change = useChange();
  const set = useCallback(
    (value: string, how?: How) => change({ [name]: value === fallback ? '' : value }, how),
    [change, name, fallback],
  );
  return [params.get(name) ?? fallback, set];
}

/** Several at once, so that one step back undoes one step. */
export function useParams(): readonly [URLSearchParams, (change: Change, how?: How) => void] {
  const [params] = useSearchParams();
  return [params, useChange()];
}

export const WINDOWS = [
  ['15m', '15 minutes', 900],
  ['1h', '1 hour', 3_600],
  ['24h', '24 hours', 86_400],
  ['7d', '7 days', 604_800],
] as const;

export type Window = {
  readonly id: string;
  /** `the hour before`. */
  readonly before: string;
  readonly says: string;
  readonly seconds: number;
  /** What the figures are asked with. */
  readonly query: { last_seconds: string } | { since: string; until: string };
  /** What lists are asked with. */
  readonly span: { since: string; until?: string };
};

/** From midnight to midnight, where the reader is. */
function yesterday(): { readonly since: string; readonly until: string } {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  const before = new Date(today);
  before.setDate(before.getDate() - 1);
  return { since: before.toISOString(), until: today.toISOString() };
}

const BEFORE: Readonly<Record<string, string>> = {
  '15m': 'the 15 minutes before',
  '1h': 'the hour before',
  '24h': 'the day before',
  '7d': 'the week before',
};

function custom(text: string): Window | undefined {
  const [since, until] = text.split('_').map(part => Number(part));
  if (!since || !until || !(until > since)) return undefined;
  const iso = (at: number) => new Date(at).toISOString();
  const span = { since: iso(since), until: iso(until) };
  const seconds = (until - since) / 1000;
  return { id: text, before: 'the same time before', says: 'the chosen time', seconds, query: span, span };
}

function ofYesterday(): Window {
  const span = yesterday();
  const seconds = (Date.parse(span.until) - Date.parse(span.since)) / 1000;
  return {
    id: 'yesterday',
    before: 'the day before it',
    says: 'all of yesterday',
    seconds,
    query: span,
    span,
  };
}

/** The time that every page shows; one for all, in the address. */
export function useWindow(): readonly [Window, (id: string) => void] {
  const [id, set] = useParam('window', '1h');
  const chosen = id === 'yesterday' ? ofYesterday() : custom(id);
  if (chosen) return [chosen, set];
  const [known, says, seconds] = WINDOWS.find(([one]) => one === id) ?? WINDOWS[1];
  // To the minute, so that what was read half a minute ago is the same question.
  const since = new Date(Math.floor(Date.now() / 60_000) * 60_000 - seconds * 1000).toISOString();
  const window = {
    ...{ id: known, before: BEFORE[known] ?? '', says: `the last ${says.replace(/^1 /, '')}`, seconds },
    ...{ query: { last_seconds: String(seconds) }, span: { since } },
  };
  return [window, set];
}

/** The address of a page, with the window that is looked at. */
export function useTo(): (path: string, params?: Readonly<Record<string, string>>) => string {
  const [now] = useSearchParams();
  const window = now.get('window');
  return (path, params = {}) => {
    const search = new URLSearchParams(params);
    if (window !== null && path.startsWith('/admin')) search.set('window', window);
    return search.size === 0 ? path : `${path}?${search}`;
  };
}
