import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | '';

const readers = new Set<() => void>();

const theme = (): Theme => (document.documentElement.dataset.theme ?? '') as Theme;

/** Kept in a cookie, so that the next document comes in the right colours from the first moment. */
export function setTheme(next: Theme): void {
  document.documentElement.dataset.theme = next;
  document.cookie = `amg_theme=${next}; Path=/; Max-Age=${next === '' ? 0 : 31_536_000}; SameSite=Lax`;
  for (const reader of readers) reader();
}

function follow(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Chosen here, or as the system wishes. */
export function useTheme(): Theme {
  return useSyncExternalStore(follow, theme);
}
