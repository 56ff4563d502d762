import { useLocation } from 'wouter';
import { boot } from '../api/boot.ts';
import { Go } from '../kit/button.tsx';
import { pages } from './pages.ts';
import { useTo } from './place.ts';

const GROUPS = ['top', 'servers', 'people', 'watch', 'end'] as const;

function RailLink({ path, title }: { readonly path: string; readonly title: string }) {
  const [now] = useLocation();
  const to = useTo();
  const isRoot = path === '/admin' || path === '/account';
  const isHere = now === path || (!isRoot && now.startsWith(`${path}/`));
  return (
    <Go
      action={`rail.${title.toLowerCase().replaceAll(' ', '-')}`}
      to={to(path)}
      className={isHere ? 'here' : ''}
    >
      <span aria-current={isHere ? 'page' : undefined}>{title}</span>
    </Go>
  );
}

/** The pages, by name. */
export function Rail() {
  const [now] = useLocation();
  const isPortal = now.startsWith('/account');
  const groups = isPortal ? (['portal'] as const) : GROUPS;
  return (
    <nav className="rail" aria-label="Pages">
      <p className="rail-name">
        AuthMCP <span className="soft">Gateway</span>
      </p>
      {groups.map(group => (
        <div key={group} className="rail-group">
          {pages
            .filter(({ rail }) => rail === group)
            .map(({ path, title }) => (
              <RailLink key={path} path={path} title={title} />
            ))}
        </div>
      ))}
      <div className="rail-foot">
        {boot.role !== 'user' && (
          <Go action="rail.other" to={isPortal ? '/admin' : '/account'}>
            {isPortal ? 'Administration' : 'My account'}
          </Go>
        )}
        <form method="post" action="/logout">
          <input type="hidden" name="form" value={boot.formToken} />
          <button type="submit" data-action="rail.sign-out">
            Sign out <bdi>{boot.name}</bdi>
          </button>
        </form>
      </div>
    </nav>
  );
}
