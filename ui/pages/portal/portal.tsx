import { useState } from 'react';
import { boot } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Copy, Empty, Head, Name, Read } from '../../kit/parts.tsx';
import { type Level, State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { useArrival } from '../../shell/arrival.ts';
import { useParam } from '../../shell/place.ts';
import { Apps, Keys, Password, SignIns } from './own.tsx';

type Place = Answer<'account.servers'>['servers'][number];
type Connection = Answer<'account.connections'>[number];

const SAYS: Readonly<Record<Connection['state'], readonly [Level, string]>> = {
  connected: ['ok', 'Your account is connected'],
  ended: ['warn', 'Your account has to be connected again'],
  never: ['off', 'Not connected yet'],
};

/** What keeps one from using it comes first. */
function stateOf({ enabled, answers }: Place, connection: Connection | undefined): readonly [Level, string] {
  if (!enabled) return ['off', 'Switched off'];
  if (connection && connection.state !== 'connected') return SAYS[connection.state];
  if (!answers) return ['warn', 'Does not answer at the moment'];
  return connection ? SAYS[connection.state] : ['ok', 'Ready to use'];
}

/** A server that one may use, and the account there where it wants one. */
function ServerCard({
  place,
  connection,
}: {
  readonly place: Place;
  readonly connection: Connection | undefined;
}) {
  const [isAsking, setAsking] = useState(false);
  const connect = useAct('account.connect', { onDone: ({ url }) => location.assign(url) });
  const forget = useAct('account.disconnect', {
    says: 'Your account there is forgotten.',
    onDone: () => setAsking(false),
  });
  const refresh = useAct('account.refresh-connection', { says: 'It works again for a while.' });
  const params = { server: place.name };
  const [level, says] = stateOf(place, connection);
  return (
    <li className="panel stack">
      <div className="row apart">
        <h3>
          <Name>{place.title}</Name>
        </h3>
        <State level={level}>{says}</State>
      </div>
      <p className="row">
        <span className="mono">{place.url}</span>
        <Copy action="portal.copy-address" text={place.url} />
      </p>
      {connection && (
        <p className="row">
          {connection.state === 'connected' ? (
            <>
              <span className="soft">
                since <Ago at={connection.since} />
              </span>
              {connection.refreshes && (
                <Button
                  action="portal.refresh"
                  isBusy={refresh.isPending}
                  onClick={() => refresh.mutate({ params })}
                >
                  Check it
                </Button>
              )}
              <Button
                action="portal.disconnect"
                tone={isAsking ? 'danger' : 'quiet'}
                isBusy={forget.isPending}
                onClick={() => (isAsking ? forget.mutate({ params }) : setAsking(true))}
              >
                {isAsking ? 'Really disconnect?' : 'Disconnect'}
              </Button>
            </>
          ) : (
            <Button
              action="portal.connect"
              tone="main"
              isBusy={connect.isPending}
              onClick={() => connect.mutate({ params })}
            >
              {connection.state === 'ended' ? 'Reconnect' : 'Connect'}
            </Button>
          )}
        </p>
      )}
    </li>
  );
}

/** An account at a server that one may not use any more can still be taken back from it. */
function LeftBehind({ connection }: { readonly connection: Connection }) {
  const forget = useAct('account.disconnect', { says: 'Your account there is forgotten.' });
  const { server, title } = connection;
  return (
    <li className="row apart">
      <span>
        <Name>{title}</Name>{' '}
        <span className="soft">is not yours to use any more; your account there waits.</span>
      </span>
      <Button
        action="portal.forget"
        isBusy={forget.isPending}
        label={`Forget the account at ${title}`}
        onClick={() => forget.mutate({ params: { server } })}
      >
        Forget it
      </Button>
    </li>
  );
}

function YourServers() {
  const reach = useRead('account.servers', {}, { everyMs: 30_000 });
  const connections = useRead('account.connections', {}, { everyMs: 10_000 }).data ?? [];
  const left = connections.filter(({ permitted }) => !permitted);
  useArrival(name => connections.some(({ server, state }) => server === name && state === 'connected'));
  return (
    <section aria-label="Your servers" className="stack">
      <h2>Your servers</h2>
      <Read of={reach}>
        {({ servers, url }) =>
          servers.length === 0 ? (
            <Empty title="Nothing is shared with you yet">
              <p className="soft">Ask whoever runs this gateway. What you may use appears here by itself.</p>
            </Empty>
          ) : (
            <>
              <p className="row">
                All of them at <span className="mono">{url}</span>{' '}
                <Copy action="portal.copy-all" text={url} />
              </p>
              <ul className="plain cards">
                {servers.map(place => (
                  <ServerCard
                    key={place.name}
                    place={place}
                    connection={connections.find(({ server }) => server === place.name)}
                  />
                ))}
              </ul>
            </>
          )
        }
      </Read>
      {left.length > 0 && (
        <ul className="plain timeline panel" aria-label="Accounts that were left behind">
          {left.map(connection => (
            <LeftBehind key={connection.server} connection={connection} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** What one sees once: what one may use, and how to connect it. */
export function Portal() {
  const [missed] = useParam('not');
  return (
    <>
      {missed === 'admin' && boot.role === 'user' && (
        <p className="problem" role="status">
          The pages of administration are for administrators and auditors, and {boot.name} is neither. This is
          your account. An administrator can change the role.
        </p>
      )}
      <Head title={`Hello, ${boot.name}`} says="What you may use here, and what is signed in as you.">
        <Go action="portal.connect-client" className="button main" to="/account/connect">
          Connect a client
        </Go>
      </Head>
      <YourServers />
      <div className="two">
        <Keys />
        <Apps />
        <SignIns />
        <Password />
      </div>
    </>
  );
}
