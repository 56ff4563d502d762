import { useState } from 'react';
import { useLocation, useParams as useRoute } from 'wouter';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { About } from '../../kit/leaving/use-unsaved.ts';
import { Head, Name, Read, Tabs } from '../../kit/parts.tsx';
import { levelOfHealth, State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { Gone, GoneMeanwhile, useStill, useWasThere } from '../../shell/gone.tsx';
import { useParam, useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { Changes } from './changes.tsx';
import { Credentials } from './credentials.tsx';
import { Log } from './log.tsx';
import { Offers } from './offers.tsx';
import { Overview } from './overview.tsx';
import { RemoveServer } from './remove.tsx';
import { ServerSettings } from './settings.tsx';

export type Server = Answer<'servers.get'>;

const TABS = [
  { id: '', title: 'Overview' },
  { id: 'offers', title: 'Offers' },
  { id: 'changes', title: 'Changes' },
  { id: 'credentials', title: 'Credentials' },
  { id: 'log', title: 'Log' },
  { id: 'settings', title: 'Settings' },
] as const;

const PAGES = {
  '': Overview,
  offers: Offers,
  changes: Changes,
  credentials: Credentials,
  log: Log,
  settings: ServerSettings,
} as const;

function Actions({ server }: { readonly server: Server }) {
  const to = useTo();
  const [, go] = useLocation();
  const [isRemoving, setRemoving] = useState(false);
  const { id, name, enabled, source } = server;
  const test = useAct('servers.test', {
    says: ({ status, error }) => (status === 'offline' ? `It does not answer: ${error}` : 'It answers.'),
  });
  const update = useAct('servers.update', { says: enabled ? 'Switched off.' : 'Switched on.' });
  if (!mayChange) return null;
  return (
    <>
      <Button action="server.test" isBusy={test.isPending} onClick={() => test.mutate({ params: { id } })}>
        Test
      </Button>
      <Go action="server.play" className="button quiet" to={to('/admin/playground', { server: name })}>
        Playground
      </Go>
      <Go
        action="server.scan"
        className="button quiet"
        to={to('/admin/security', { tab: 'scans', server: name })}
      >
        Scan
      </Go>
      {source === 'store' && (
        <>
          <Button
            action="server.switch"
            isBusy={update.isPending}
            onClick={() => update.mutate({ params: { id }, body: { enabled: !enabled } })}
          >
            {enabled ? 'Switch off' : 'Switch on'}
          </Button>
          <Button action="server.remove-ask" tone="danger" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        </>
      )}
      {isRemoving && (
        <RemoveServer
          server={server}
          onDone={() => go(to('/admin/servers'))}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}

function StateLine({ server: { health, source } }: { readonly server: Server }) {
  return (
    <>
      <State level={levelOfHealth(health.state)}>{health.state}</State>
      {health.since !== null && (
        <>
          {' '}
          since <Ago at={health.since} />
        </>
      )}
      {health.says !== null && <bdi>: {health.says}</bdi>}
      {source === 'file' && <span className="chip">from the configuration file: change it there</span>}
    </>
  );
}

/** One server: how it is, what it offers, what changed, with which credential, what it wrote, how it is set. */
export function ServerPage() {
  const { name = '' } = useRoute<{ name: string }>();
  const to = useTo();
  const [tab, setTab] = useParam('tab');
  useTitle(name);
  const read = useRead('servers.list', {}, { everyMs: 10_000 });
  const Page = PAGES[tab as keyof typeof PAGES] ?? Overview;
  const wasThere = useWasThere(read.data?.some(one => one.name === name) === true);
  const still = useStill(
    name,
    read.data?.find(one => one.name === name),
  );
  return (
    <Read of={read}>
      {() => {
        const server = still.shown;
        if (!server)
          return (
            <>
              <Head title={name} />
              <Gone what="server" wasThere={wasThere}>
                <Go action="server.back" className="button quiet" to={to('/admin/servers')}>
                  All servers
                </Go>
              </Gone>
            </>
          );
        const shown = TABS.filter(({ id }) => id !== 'log' || server.type === 'stdio');
        return (
          <div className="stack">
            {still.isGone && <GoneMeanwhile what="server" />}
            <Head title={server.name} says={<StateLine server={server} />}>
              <Actions server={server} />
            </Head>
            {server.title !== server.name && <Name>{server.title}</Name>}
            <Tabs name="server-tab" tabs={shown} now={tab} onGo={setTab} />
            <About value={server.name}>
              <Page server={server} />
            </About>
          </div>
        );
      }}
    </Read>
  );
}
