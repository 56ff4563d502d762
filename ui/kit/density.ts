import { useSyncExternalStore } from 'react';

export type Density = 'comfortable' | 'compact';

const COOKIE = 'amg_density';
const YEAR_S = 31_536_000;
const readers = new Set<() => void>();

function density(): Density {
  return document.documentElement.dataset.density === 'compact' ? 'compact' : 'comfortable';
}

function show(next: Density): void {
  document.documentElement.dataset.density = next;
  for (const reader of readers) reader();
}

/** Kept in a cookie of this browser, for all its tabs and for the next time. */
export function setDensity(next: Density): void {
  document.cookie = `${COOKIE}=${next}; Path=/; Max-Age=${next === 'compact' ? YEAR_S : 0}; SameSite=Lax`;
  show(next);
}

/** Before anything is drawn. */
export function restoreDensity(): void {
  show(document.cookie.split('; ').includes(`${COOKIE}=compact`) ? 'compact' : 'comfortable');
}

function follow(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** How close rows stand, as was chosen in this browser. */
export function useDensity(): Density {
  return useSyncExternalStore(follow, density);
}
