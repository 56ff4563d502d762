import { useRead } from '../../api/use.ts';
import { Empty, Read } from '../../kit/parts.tsx';
import type { Server } from './server.tsx';

/** What the program of a server wrote to its error output. */
export function Log({ server }: { readonly server: Server }) {
  const read = useRead('servers.log', { params: { id: server.id } }, { everyMs: 2_000 });
  return (
    <Read of={read}>
      {({ processes }) =>
        processes.every(({ lines }) => lines.length === 0) ? (
          <Empty title="It wrote nothing">
            <p className="soft">
              What its program writes to its error output appears here within two seconds.
            </p>
          </Empty>
        ) : (
          <div className="stack">
            {processes.map(({ username, lines }) => (
              <section key={username ?? ''} aria-label={username === null ? 'Log' : `Log of ${username}`}>
                {username !== null && <h2>{username}</h2>}
                <pre className="block log" tabIndex={0}>
                  {lines.join('\n')}
                </pre>
              </section>
            ))}
          </div>
        )
      }
    </Read>
  );
}
