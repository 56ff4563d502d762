import type { Answer } from '../../api/client.ts';
import { Go } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Name } from '../../kit/parts.tsx';
import { useTo } from '../../shell/place.ts';

type Servers = Answer<'servers.list'>;

/** Whether anything is wrong, in one sentence; each number and name of it leads to what it counts. */
export function Standing({ servers }: { readonly servers: Servers }) {
  const to = useTo();
  const all = (text: string) => (
    <Go action="verdict.servers" to={to('/admin/servers')}>
      {text}
    </Go>
  );
  const on = servers.filter(({ enabled }) => enabled);
  const down = on.filter(({ health }) => health.state === 'down');
  const ill = on.filter(({ health }) => health.state === 'degraded' || health.state === 'parked');
  const [first] = down;
  if (on.length === 0) return 'No server is behind the gateway yet.';
  if (down.length === 1 && first)
    return (
      <>
        <Go action="verdict.server" to={to(`/admin/servers/${first.name}`)}>
          <Name>{first.name}</Name>
        </Go>{' '}
        is down; {on.length === 1 ? 'it is the only server' : <>the other {all(`${on.length - 1}`)} answer</>}
        .
      </>
    );
  if (down.length > 1) return <>{all(`${down.length} of ${plural(on.length, 'server')}`)} are down.</>;
  if (on.length === 1)
    return (
      <>
        {all('The server')} answers{ill.length > 0 && ', badly'}.
      </>
    );
  return (
    <>
      All {all(plural(on.length, 'server'))} answer{ill.length > 0 && `, ${ill.length} of them badly`}.
    </>
  );
}
