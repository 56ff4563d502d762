import { useEffect } from 'react';
import { pages } from './pages.ts';

const PAUSE_MS = 300;
// What cannot be fetched now is fetched, or refused, when it is opened.
const fetchWhere = (isMeant: (path: string) => boolean) => {
  for (const { path, fetchPage } of pages) if (isMeant(path)) fetchPage().catch(() => {});
};

const stem = (path: string) => path.replace(/\/:\w+$/, '/');

function fetchOf({ target }: Event): void {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null;
  if (link?.origin !== location.origin) return;
  fetchWhere(path => path === link.pathname || (stem(path) !== path && link.pathname.startsWith(stem(path))));
}

/** Pages are there before they are opened: those of the rows of a list, and that of a link which is pressed or has the focus. */
export function useAhead(now: string): void {
  useEffect(() => {
    const timer = setTimeout(() => fetchWhere(path => path.startsWith(`${now}/:`)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  useEffect(() => {
    const events = ['pointerdown', 'focusin'] as const;
    for (const event of events) window.addEventListener(event, fetchOf);
    return () => {
      for (const event of events) window.removeEventListener(event, fetchOf);
    };
  }, []);
}
