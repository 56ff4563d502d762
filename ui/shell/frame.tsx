import { Suspense, useEffect, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Empty, Skeleton } from '../kit/parts.tsx';
import { Ago } from '../kit/time.tsx';
import { Toasts } from '../kit/toast.tsx';
import { useAhead } from './ahead.ts';
import { Boundary } from './boundary.tsx';
import { useLost } from './connection.ts';
import { Gates } from './gates.tsx';
import { AdminHeader, PortalHeader } from './header.tsx';
import { pages } from './pages.ts';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';

function titleAt(path: string): string {
  const fits = pages.filter(
    ({ path: of }) => path === of || path.startsWith(`${of.replace(/\/:\w+$/, '')}/`),
  );
  return fits.at(-1)?.title ?? 'Home';
}

/** Whether a key belongs to what is being typed. */
function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

const classOf = ({ isRailOpen, isLost }: { readonly isRailOpen: boolean; readonly isLost: boolean }) =>
  ['frame', isRailOpen && 'rail-open', isLost && 'cut-off'].filter(Boolean).join(' ');

/** What stands around every page. */
export function Frame() {
  const [path] = useLocation();
  const [isSearching, setSearching] = useState(false);
  const [isRailOpen, setRailOpen] = useState(false);
  const lostAt = useLost();
  useAhead(path);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (isPalette && path.startsWith('/admin')) {
        event.preventDefault();
        setSearching(true);
      } else if (event.key === '/' && !isTyping(event)) {
        const filter = document.querySelector<HTMLElement>('[data-filter]');
        if (filter) event.preventDefault();
        filter?.focus();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [path]);
  useEffect(() => setRailOpen(false), [path]);
  const title = titleAt(path);
  const openRail = () => setRailOpen(!isRailOpen);
  return (
    <div className={classOf({ isRailOpen, isLost: lostAt !== undefined })}>
      <a className="skip" data-action="page.skip" href="#main">
        To the page
      </a>
      <Rail />
      <div className="side">
        {lostAt !== undefined && (
          <p className="lost" role="status">
            The gateway has not answered for <Ago at={lostAt} isBare />. What you see is as old as that; it
            goes on by itself.
          </p>
        )}
        {path.startsWith('/admin') ? (
          <AdminHeader
            title={title}
            isLost={lostAt !== undefined}
            onRail={openRail}
            onSearch={() => setSearching(true)}
          />
        ) : (
          <PortalHeader title={title} onRail={openRail} />
        )}
        <main id="main" tabIndex={-1}>
          <Boundary path={path} isLost={lostAt !== undefined}>
            <Suspense fallback={<Skeleton />}>
              <Switch>
                {pages.map(({ path: at, page: Page }) => (
                  <Route key={at} path={at}>
                    <Page />
                  </Route>
                ))}
                <Route>
                  <Empty title="There is no such page" />
                </Route>
              </Switch>
            </Suspense>
          </Boundary>
        </main>
      </div>
      {isSearching && <Palette onClose={() => setSearching(false)} />}
      <Gates />
      <Toasts />
    </div>
  );
}
