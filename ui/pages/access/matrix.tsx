import { useMemo } from 'react';
import { useRead } from '../../api/use.ts';
import { plural } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { useParam, useParams } from '../../shell/place.ts';
import { Cell } from './cell.tsx';
import type { Draft, Rule } from './draft.ts';
import { levelOf, rulesAfter } from './levels.ts';

type Subject = {
  readonly key: string;
  readonly title: string;
  readonly groups: readonly string[];
  readonly isRuler?: boolean;
};

const MOST = 60;

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

function Row({
  subject,
  servers,
  after,
  onOpen,
}: {
  readonly subject: Subject;
  readonly servers: readonly string[];
  readonly after: ReturnType<typeof rulesAfter>;
  readonly onOpen: (server: string) => void;
}) {
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
              className={`cell of-${level}${isDraft ? ' draft' : ''}`}
              aria-label={`${subject.title} on ${server === '*' ? 'every server' : server}: ${level}${by ? `, ${by}` : ''}`}
              onClick={() => onOpen(server)}
            >
              {by || level}
            </button>
          </td>
        );
      })}
    </tr>
  );
}

/** Who is given what, by one word for each subject and server; a cell opens its rules. */
export function Matrix({ draft }: { readonly draft: Draft }) {
  const [params, set] = useParams();
  const [typed, setTyped] = useParam('who');
  const servers = useRead('servers.list', {});
  const grants = useRead('grants.list', { query: {} });
  const rules = grants.data ?? [];
  const { shown, left } = useSubjects(rules, typed);
  const after = useMemo(() => rulesAfter(rules, draft), [rules, draft]);
  const names = ['*', ...(servers.data ?? []).map(({ name }) => name)];
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
              onChange={event => setTyped(event.target.value)}
            />
            <span className="soft">
              A cell says what is given there, and opens its rules. Administrators may use everything that
              nothing denies.
            </span>
          </div>
          {shown.length === 0 ? (
            <Empty title="Nobody is called so" />
          ) : (
            <section className="matrix" aria-label="Who may use what" tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Who</th>
                    {names.map(name => (
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
                      servers={names}
                      after={after}
                      onOpen={at => set({ subject: one.key, server: at })}
                    />
                  ))}
                </tbody>
              </table>
            </section>
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
