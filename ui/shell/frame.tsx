import { Suspense, useCallback, useEffect, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Go } from '../kit/button.tsx';
import { LeaveQuestion } from '../kit/leaving/question.tsx';
import { Head, Name, Skeleton } from '../kit/parts.tsx';
import { Ago } from '../kit/time.tsx';
import { Toasts } from '../kit/toast.tsx';
import { useAhead } from './ahead.ts';
import { Boundary } from './boundary.tsx';
import { useLost } from './connection.ts';
import { Gates } from './gates.tsx';
import { AdminHeader, PortalHeader } from './header.tsx';
import { KeyList, useFrameKeys } from './keys.tsx';
import { pages } from './pages.ts';
import { Palette } from './palette/palette.tsx';
import { Rail } from './rail.tsx';
import { useTitleAt } from './title.ts';

const classOf = ({ isRailOpen, isLost }: { readonly isRailOpen: boolean; readonly isLost: boolean }) =>
  ['frame', isRailOpen && 'rail-open', isLost && 'cut-off'].filter(Boolean).join(' ');

/** Instead of a page that there is not. */
function NoPage({ path }: { readonly path: string }) {
  const isAdmin = path.startsWith('/admin');
  return (
    <>
      <Head
        title="There is no such page"
        says={
          <>
            Nothing is at <Name>{path}</Name>: it may be written wrong, or have moved.
          </>
        }
      />
      <Go action="page.home" className="button main" to={isAdmin ? '/admin' : '/account'}>
        {isAdmin ? 'To the home page' : 'To your account'}
      </Go>
    </>
  );
}

/** What stands around every page. */
export function Frame() {
  const [path] = useLocation();
  const [shown, setShown] = useState<'search' | 'keys'>();
  const [isRailOpen, setRailOpen] = useState(false);
  const lostAt = useLost();
  const isAdmin = path.startsWith('/admin');
  useAhead(path);
  const search = useCallback(() => setShown('search'), []);
  const showKeys = useCallback(() => setShown('keys'), []);
  useFrameKeys(isAdmin ? search : undefined, showKeys);
  useEffect(() => setRailOpen(false), [path]);
  const title = useTitleAt(path);
  const close = () => setShown(undefined);
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
        {isAdmin ? (
          <AdminHeader title={title} isLost={lostAt !== undefined} onRail={openRail} onSearch={search} />
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
                  <NoPage path={path} />
                </Route>
              </Switch>
            </Suspense>
          </Boundary>
        </main>
      </div>
      {shown === 'search' && <Palette onClose={close} onKeys={showKeys} />}
      {shown === 'keys' && <KeyList isAdmin={isAdmin} onClose={close} />}
      <LeaveQuestion />
      <Gates />
      <Toasts />
    </div>
  );
}
