import type { ReactNode } from 'react';
import type { Entry } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { Name } from '../../kit/parts.tsx';

const ERAS: Readonly<Record<string, string>> = { legacy: '2025 and before', modern: '2026-07-28' };

/** `null` in a version: none was spoken there. */
export const eraText = (value: string | null) => (value === null ? '–' : (ERAS[value] ?? value));

/** What the tool was called by: the endpoint of all servers has names of its own. */
function useCalledName({ endpoint, method, server, target }: Entry): string | null {
  const isRenamed = endpoint === '/mcp' && method === 'tools/call' && server !== null && target !== null;
  const found = useRead('tools.search', { query: { q: target ?? '' } }, { isOff: !isRenamed }).data ?? [];
  if (!isRenamed) return target;
  return found.find(one => one.server === server && one.name === target)?.exposed ?? target;
}

type Line = { readonly title: string; readonly client: string | null; readonly server: string | null };

function Part({ text, isOther }: { readonly text: string | null; readonly isOther: boolean }): ReactNode {
  return isOther ? (
    <mark>
      <Name>{text}</Name>
    </mark>
  ) : (
    <Name>{text}</Name>
  );
}

/** The request as the client sent it beside the one that the server got; what differs is marked. */
export function Wires({ entry }: { readonly entry: Entry }) {
  const servers = useRead('servers.list', {}, { isOff: entry.server === null }).data;
  const called = useCalledName(entry);
  const { server, upstream_ms, endpoint, method, target, era, server_era, session } = entry;
  if (server === null || upstream_ms === null) return null;
  const at = servers?.find(({ name }) => name === server);
  const lines: readonly Line[] = [
    { title: 'To', client: endpoint, server: at?.url ?? at?.command?.join(' ') ?? server },
    { title: 'Protocol', client: eraText(era), server: eraText(server_era ?? era) },
    { title: 'Method', client: method, server: method },
    { title: 'Name', client: called, server: target },
    {
      title: 'Session',
      client: session ?? 'none',
      server: (server_era ?? era) === 'legacy' ? 'one of this person’s' : 'none',
    },
  ];
  return (
    <section>
      <h3>Both wires</h3>
      <div className="wires" tabIndex={0} role="group" aria-label="Both wires">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">From the client</th>
              <th scope="col">
                To <Name>{server}</Name>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines
              .filter(({ client, server: other }) => client !== null || other !== null)
              .map(({ title, client, server: other }) => (
                <tr key={title}>
                  <th scope="row">{title}</th>
                  <td>
                    <Part text={client} isOther={client !== other} />
                  </td>
                  <td>
                    <Part text={other} isOther={client !== other} />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <p className="soft">
        Marked is what the gateway changed on the way. What was said in it is kept nowhere; the client’s token
        never goes to a server.
      </p>
    </section>
  );
}
