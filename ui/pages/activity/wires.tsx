import type { ReactNode } from 'react';
import type { Entry } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { Name } from '../../kit/parts.tsx';

const ERAS: Readonly<Record<string, string>> = { legacy: '2025 and before', modern: '2026-07-28' };

/** `null` in a version: none was spoken there. */
export const eraText = (value: string | null) => (value === null ? '–' : (ERAS[value] ?? value));

/** `isNow`: the call's row has it not; it is what is set today, which may have been something else then. */
type End = { readonly text: string | null; readonly isNow?: boolean };
type Line = { readonly title: string; readonly client: End; readonly server: End };

/** The endpoint of all servers has names of its own. The row has the server's. */
const RENAMED: readonly (string | null)[] = ['tools/call', 'prompts/get'];

/** What the client called it; a prompt's name there, or that of a tool that is no more, is not known. */
function useCalledName({ endpoint, method, server, target }: Entry): End {
  const isRenamed = endpoint === '/mcp' && RENAMED.includes(method) && server !== null && target !== null;
  const isTool = isRenamed && method === 'tools/call';
  const found = useRead('tools.search', { query: { q: target ?? '' } }, { isOff: !isTool }).data ?? [];
  if (!isRenamed) return { text: target };
  const tool = isTool ? found.find(one => one.server === server && one.name === target) : undefined;
  return { text: tool?.exposed ?? null, isNow: tool !== undefined };
}

const isOther = ({ client, server }: Line) =>
  client.text !== null && server.text !== null && client.text !== server.text;

function Part({
  end: { text, isNow },
  isMarked,
}: {
  readonly end: End;
  readonly isMarked: boolean;
}): ReactNode {
  if (text === null) return <span className="soft">not known</span>;
  return (
    <>
      {isMarked ? (
        <mark>
          <Name>{text}</Name>
        </mark>
      ) : (
        <Name>{text}</Name>
      )}
      {isNow && <small className="soft"> as it is set now</small>}
    </>
  );
}

/** The request as the client sent it beside the one that the server got; what differs is marked. */
export function Wires({ entry }: { readonly entry: Entry }) {
  const servers = useRead('servers.list', {}, { isOff: entry.server === null }).data;
  const called = useCalledName(entry);
  const { server, upstream_ms, endpoint, method, target, era, server_era } = entry;
  if (server === null || upstream_ms === null) return null;
  const at = servers?.find(({ name }) => name === server);
  const isNamed = called.text !== null || target !== null;
  const lines: readonly Line[] = [
    {
      title: 'To',
      client: { text: endpoint },
      server: { text: at?.url ?? at?.command?.join(' ') ?? null, isNow: true },
    },
    {
      title: 'Protocol',
      client: { text: era && eraText(era) },
      server: { text: server_era && eraText(server_era) },
    },
    { title: 'Method', client: { text: method }, server: { text: method } },
    ...(isNamed ? [{ title: 'Name', client: called, server: { text: target } }] : []),
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
            {lines.map(line => (
              <tr key={line.title}>
                <th scope="row">{line.title}</th>
                <td>
                  <Part end={line.client} isMarked={isOther(line)} />
                </td>
                <td>
                  <Part end={line.server} isMarked={isOther(line)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">
        Marked is what differs. Addresses of servers and names on /mcp are not kept with a call, only what
        they are now. What was said in it is kept nowhere; the client’s token never goes to a server.
      </p>
    </section>
  );
}
