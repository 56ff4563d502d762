import { memo, useCallback, useMemo, useRef } from 'react';
import { useRead } from '../../api/use.ts';
import { plural } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { useParam, useParams } from '../../shell/place.ts';
import { Cell } from './cell.tsx';
import type { Draft, Rule } from './draft.ts';
import { useGridKeys } from './grid-keys.ts';
import { levelOf, rulesAfter } from './levels.ts';

type Subject = {
  readonly key: string;
  readonly title: string;
  readonly groups: readonly string[];
  readonly isRuler?: boolean;
};

const MOST = 60;
const NO_RULES: readonly Rule[] = [];

/** Everybody, groups, then people; besides, whatever else there are rules about. */
function useSubjects(rules: readonly Rule[], typed: string) {
  const groups = useRead('groups.list', {}).data;
  const people = useRead('users.list', { query: {} }).data;
  return useMemo(() => {
    const fixed: Subject[] = [
      { key: 'everybody', title: 'Everybody', groups: [] },
      ...(groups ?? []).map(({ name }) => ({ key: `group:${name}`, title: `Group ${name}`, groups: [] })),
    ];
    const persons = (people ?? []).map(({ username, groups: own, role }) => ({
      isRuler: role === 'admin',
      ...{ key: `user:${username}`, title: username, groups: own.map(name => `group:${name}`) },
    }));
    const known = new Set([...fixed, ...persons].map(({ key }) => key));
    const others = [...new Set(rules.map(({ subject }) => subject))]
      .filter(key => !known.has(key))
      .map(key => ({ key, title: key.replace(':', ' '), groups: [] }));
    const fit = [...fixed, ...others, ...persons].filter(({ title, key }) =>
      `${title} ${key}`.toLowerCase().includes(typed.toLowerCase()),
    );
    return { shown: fit.slice(0, MOST), left: fit.length - Math.min(fit.length, MOST) };
  }, [groups, people, rules, typed]);
}

type RowProps = {
  readonly subject: Subject;
  readonly servers: readonly string[];
  readonly after: ReturnType<typeof rulesAfter>;
  /** The cell that the keyboard stops at, when it stands in this row. */
  readonly stop: string | undefined;
  readonly onOpen: (subject: string, server: string) => void;
};

const cellOf = (subject: string, server: string) => `${subject} ${server}`;

const Row = memo(({ subject, servers, after, stop, onOpen }: RowProps) => {
  const at = (key: string, server: string) =>
    after.filter(one => one.subject === key && one.server === server);
  const above = ['everybody', ...subject.groups].filter(key => key !== subject.key);
  const inherited = (server: string): string => {
    if (subject.isRuler) return 'all as administrator';
    const from = above.find(key => levelOf([...at(key, server), ...at(key, '*')]) !== 'none');
    return from === undefined
      ? ''
      : `${levelOf([...at(from, server), ...at(from, '*')])} by ${from.replace(/^group:/, '')}`;
  };
  return (
    <tr>
      <th scope="row">
        <Name>{subject.title}</Name>
      </th>
      {servers.map(server => {
        const level = levelOf(at(subject.key, server));
        const isDraft = at(subject.key, server).some(one => !('id' in one));
        const by = level === 'none' && server !== '*' ? inherited(server) : '';
        return (
          <td key={server}>
            <button
              type="button"
              data-action="access.cell"
              data-cell={cellOf(subject.key, server)}
              tabIndex={stop === cellOf(subject.key, server) ? 0 : -1}
              className={`cell of-${level}${isDraft ? ' draft' : ''}`}
              aria-label={`${subject.title} on ${server === '*' ? 'every server' : server}: ${level}${by ? `, ${by}` : ''}`}
              onClick={() => onOpen(subject.key, server)}
            >
              {by || level}
            </button>
          </td>
        );
      })}
    </tr>
  );
});

type TableProps = Pick<RowProps, 'servers' | 'after' | 'onOpen'> & { readonly shown: readonly Subject[] };

function Cells({ shown, servers, after, onOpen }: TableProps) {
  const first = cellOf(shown[0]?.key ?? '', '*');
  const { chosen, grid } = useGridKeys(first);
  const isThere = shown.some(({ key }) => servers.some(server => cellOf(key, server) === chosen));
  const stop = isThere ? chosen : first;
  return (
    <section className="matrix" aria-label="Who may use what">
      <table aria-label="Who may use what" {...grid}>
        <thead>
          <tr>
            <th scope="col">Who</th>
            {servers.map(name => (
              <th key={name} scope="col">
                {name === '*' ? 'Every server' : <Name>{name}</Name>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(one => (
            <Row
              key={one.key}
              subject={one}
              servers={servers}
              after={after}
              stop={stop.startsWith(`${one.key} `) ? stop : undefined}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Who is given what, by one word for each subject and server; a cell opens its rules. */
export function Matrix({ draft }: { readonly draft: Draft }) {
  const [params, set] = useParams();
  const [typed, setTyped] = useParam('who');
  const servers = useRead('servers.list', {});
  const grants = useRead('grants.list', { query: {} });
  const rules = grants.data ?? NO_RULES;
  const { shown, left } = useSubjects(rules, typed);
  const after = useMemo(() => rulesAfter(rules, draft), [rules, draft]);
  const names = useMemo(() => ['*', ...(servers.data ?? []).map(({ name }) => name)], [servers.data]);
  const latest = useRef(set);
  latest.current = set;
  const onOpen = useCallback((of: string, at: string) => latest.current({ subject: of, server: at }), []);
  const [subject, server] = [params.get('subject') ?? '', params.get('server') ?? ''];
  return (
    <Read of={grants}>
      {() => (
        <div className="stack">
          <div className="row">
            <input
              type="search"
              className="narrow"
              data-action="access.search"
              aria-label="Group or person"
              placeholder="Group or person"
              value={typed}
              onChange={event => setTyped(event.target.value, 'within')}
            />
            <span className="soft">
              A cell says what is given there, and opens its rules. Administrators may use everything that
              nothing denies.
            </span>
          </div>
          {shown.length === 0 ? (
            <Empty title="Nobody is called so" />
          ) : (
            <Cells shown={shown} servers={names} after={after} onOpen={onOpen} />
          )}
          {left > 0 && <p className="soft">{plural(left, 'more', 'more')}: name whom you look for.</p>}
          {subject !== '' && server !== '' && (
            <Cell
              key={`${subject} ${server}`}
              subject={subject}
              server={server}
              rules={after.filter(one => one.subject === subject && one.server === server)}
              draft={draft}
              onClose={() => set({ subject: '', server: '' })}
            />
          )}
        </div>
      )}
    </Read>
  );
}
