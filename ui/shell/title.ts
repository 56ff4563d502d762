import { useEffect, useSyncExternalStore } from 'react';
import { seen } from '../kit/seen.ts';
import { pages } from './pages.ts';

/** The page is about a thing, and beside it a part of that thing may be open. */
type Of = 'page' | 'drawer';

const MOST = 60;
const named = new Map<Of, string>();
const listeners = new Set<() => void>();

function name(of: Of, what: string | undefined): void {
  if (what === undefined) named.delete(of);
  else named.set(of, what);
  for (const tell of listeners) tell();
}

/** Names of others are inert here as well, and short. */
function short(text: string): string {
  const letters = [
    ...seen(text.slice(0, 4 * MOST))
      .replace(/[\s\u0000-\u001f]+/g, ' ')
      .trim(),
  ];
  return letters.length > MOST ? `${letters.slice(0, MOST).join('')}…` : letters.join('');
}

/** The tab of the browser names what is looked at, as long as it is. */
export function useTitle(what: string | undefined, of: Of = 'page'): void {
  useEffect(() => {
    name(of, what);
    return () => name(of, undefined);
  }, [what, of]);
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

const namesNow = () =>
  [named.get('drawer'), named.get('page')]
    .filter(Boolean)
    .map(one => short(one ?? ''))
    .join(' · ');

/** The page of an address, or the one that lists what this one is about. */
function titleAt(path: string): string {
  const stem = (of: string) => of.replace(/\/:\w+$/, '');
  const page = pages.find(({ path: of }) => of === path);
  if (page) return page.title;
  const below = pages.find(({ path: of }) => stem(of) !== of && path.startsWith(`${stem(of)}/`));
  const list = pages.find(({ path: of }) => below && of === stem(below.path));
  return list?.title ?? 'No such page';
}

/** `alice · People`: the thing, then where it stands. */
export function useTitleAt(path: string): string {
  const names = useSyncExternalStore(subscribe, namesNow);
  return names === '' ? titleAt(path) : `${names} · ${titleAt(path)}`;
}
