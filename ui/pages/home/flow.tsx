import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { count, plural } from '../../kit/figures.ts';
import { Name } from '../../kit/parts.tsx';
import { useTo, useWindow } from '../../shell/place.ts';

const MOST = 10;

const unique = (all: readonly string[]) => [...new Set(all)].slice(0, MOST);

/** Who uses what: a cell is calls, its ring says that some failed, and it leads to them. */
export function Flow() {
  const to = useTo();
  const [window] = useWindow();
  const { data } = useRead('activity.summary', { query: window.span }, { everyMs: 15_000 });
  if (!data || data.pairs.length === 0) return null;
  const servers = unique(data.pairs.map(({ server }) => server));
  const clients = unique(data.pairs.map(({ client }) => client));
  const most = Math.max(...data.pairs.map(({ calls }) => calls));
  const titleOf = (client: string) => data.pairs.find(pair => pair.client === client)?.title ?? client;
  return (
    <section className="panel" aria-label="Who uses what">
      <h2>
        Who uses what{' '}
        <span className="soft">
          in the latest{' '}
          <Go action="flow.all" to={to('/admin/activity')}>
            {plural(data.requests, 'request')}
          </Go>
        </span>
      </h2>
      {/* What scrolls is reached by the keyboard (WCAG 2.1.1). */}
      <div className="flow" tabIndex={0} role="group" aria-label="Clients and servers">
        <table>
          <thead>
            <tr>
              <td />
              {servers.map(server => (
                <th key={server} scope="col">
                  <Name>{server}</Name>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {clients.map(client => (
              <tr key={client}>
                <th scope="row">
                  <Name>{titleOf(client)}</Name>
                </th>
                {servers.map(server => {
                  const pair = data.pairs.find(one => one.client === client && one.server === server);
                  if (!pair) return <td key={server} />;
                  const strength = Math.ceil((3 * pair.calls) / most);
                  return (
                    <td key={server}>
                      <Go
                        action="flow.cell"
                        className={`strength-${strength}${pair.failed > 0 ? ' failed' : ''}`}
                        to={to('/admin/activity', { client, server })}
                        label={`${titleOf(client)} asked ${server} ${plural(pair.calls, 'time')}, ${count(pair.failed)} in vain`}
                      >
                        {count(pair.calls)}
                      </Go>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
