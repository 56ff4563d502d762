import { useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useRead } from '../api/use.ts';
import { setDensity } from '../kit/density.ts';
import { Dialog } from '../kit/dialog.tsx';
import { pages } from './pages.ts';
import { useTo } from './place.ts';
import { setTheme } from './theme.ts';

type Found = {
  readonly kind: string;
  readonly title: string;
  readonly more?: string;
  readonly to: string | (() => void);
};

const MOST = 40;
/** As the gateway makes them: `req_...` and the ids of entries are looked up as they are. */
const IS_ID = /^[\w-]{12,64}$/;

/** What begins with the words is before what only holds them. */
function search(all: readonly Found[], typed: string): readonly Found[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0)
    return all.filter(({ kind }) => kind === 'Page' || kind === 'Action').slice(0, MOST);
  const fits: [Found, number][] = [];
  for (const one of all) {
    const text = `${one.title} ${one.more ?? ''}`.toLowerCase();
    if (!words.every(word => text.includes(word))) continue;
    fits.push([one, text.startsWith(words[0] ?? '') ? 0 : 1]);
    if (fits.length > 400) break;
  }
  return fits
    .sort(([, a], [, b]) => a - b)
    .slice(0, MOST)
    .map(([one]) => one);
}

/** Pages, servers, people, tools and actions by their names. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [, go] = useLocation();
  const to = useTo();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const servers = useRead('servers.list', {}).data;
  const people = useRead('users.list', { query: {} }).data;
  const q = typed.trim().slice(0, 200);
  const tools = useRead('tools.search', { query: { q } }, { isOff: q.length < 2 }).data;
  const all = useMemo<readonly Found[]>(
    () => [
      ...pages.flatMap(({ title, path, rail }) =>
        // The portal's own pages stand here by its first one.
        rail && (rail !== 'portal' || path === '/account') ? [{ kind: 'Page', title, to: to(path) }] : [],
      ),
      { kind: 'Action', title: 'Add a server', to: to('/admin/servers', { add: '1' }) },
      { kind: 'Action', title: 'Add a person', to: to('/admin/people', { add: '1' }) },
      { kind: 'Action', title: 'Scan a server', to: to('/admin/security', { tab: 'scans' }) },
      { kind: 'Action', title: 'Connect a client', to: '/account/connect' },
      { kind: 'Action', title: 'Light colours', to: () => setTheme('light') },
      { kind: 'Action', title: 'Dark colours', to: () => setTheme('dark') },
      { kind: 'Action', title: 'Compact rows', to: () => setDensity('compact') },
      { kind: 'Action', title: 'Comfortable rows', to: () => setDensity('comfortable') },
      ...(servers ?? []).map(({ name, title }) => ({
        kind: 'Server',
        title: name,
        more: title,
        to: to(`/admin/servers/${name}`),
      })),
      ...(people ?? []).map(({ id: user, username, full_name }) => ({
        ...{ kind: 'Person', title: username, to: to(`/admin/people/${user}`) },
        ...(full_name && { more: full_name }),
      })),
      ...(tools ?? []).map(({ exposed, name, server }) => ({
        ...{ kind: 'Tool', title: exposed, more: `${name} of ${server}` },
        to: to(`/admin/servers/${server}`, { tab: 'offers', open: name }),
      })),
    ],
    [servers, people, tools, to],
  );
  const found = useMemo(() => {
    const byId: readonly Found[] = IS_ID.test(typed.trim())
      ? [{ kind: 'Call', title: `The call ${typed.trim()}`, to: to('/admin/activity', { id: typed.trim() }) }]
      : [];
    return [...search(all, typed), ...byId];
  }, [all, typed, to]);
  const take = (one: Found | undefined) => {
    if (!one) return;
    onClose();
    if (typeof one.to === 'string') go(one.to);
    else one.to();
  };
  const onKey = (event: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') take(found[at]);
    else if (by !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + by)));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" onClose={onClose} isWide>
      <input
        type="text"
        role="combobox"
        aria-label="Pages, servers, people, tools, a request id"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        data-action="palette.type"
        placeholder="Pages, servers, people, tools, a request id"
        value={typed}
        onKeyDown={onKey}
        onChange={event => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <div id={id} role="listbox" aria-label="Found" className="palette">
        {found.map((one, index) => (
          <div
            key={`${one.kind} ${one.title} ${one.more ?? ''} ${typeof one.to === 'string' ? one.to : ''}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            data-action="palette.take"
            onClick={() => take(one)}
            onKeyDown={onKey}
          >
            <span className="soft">{one.kind}</span>
            <bdi>{one.title}</bdi>
            {one.more && <bdi className="soft">{one.more}</bdi>}
          </div>
        ))}
        {found.length === 0 && <p className="soft">Nothing has this name.</p>}
      </div>
    </Dialog>
  );
}
