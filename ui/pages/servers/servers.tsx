import { useLocation } from 'wouter';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { count, era, plural } from '../../kit/figures.ts';
import { Choice, Empty, Head, Name, Read, Tabs } from '../../kit/parts.tsx';
import { levelOfHealth, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam, useTo } from '../../shell/place.ts';
import { AddServer } from './add.tsx';
import { Mappings } from './mappings.tsx';
import { Tokens } from './tokens.tsx';

type Server = Answer<'servers.list'>[number];

export const erasOf = ({ protocols }: Pick<Server, 'protocols'>): string =>
  [...new Set(protocols.map(one => era(one.startsWith('2026') ? 'modern' : 'legacy')))].join('+') || '–';

const columnsOf = (link: (server: Server) => string): readonly Column<Server>[] => [
  {
    ...{ title: 'Server', width: '1.3fr' },
    cell: server => (
      <Go action="servers.name" to={link(server)}>
        <Name>{server.name}</Name>
      </Go>
    ),
  },
  {
    ...{ title: 'State', width: '8.5rem' },
    cell: ({ health }) => (
      <State level={levelOfHealth(health.state)}>
        {health.state} {health.since !== null && <Ago at={health.since} isBare />}
      </State>
    ),
  },
  {
    ...{ title: 'Where', width: '1.8fr', isExtra: true },
    cell: ({ url, command }) => <Name>{url ?? command?.join(' ')}</Name>,
  },
  { title: 'Over', width: '3.2rem', isWide: true, cell: ({ type }) => type },
  { title: 'Era', width: '3.5rem', isExtra: true, cell: erasOf },
  { title: 'Tools', width: '3rem', isNumber: true, cell: ({ tools_count }) => count(tools_count) },
  {
    ...{ title: 'Credential', width: '1fr', isWide: true },
    cell: ({ auth, header_names }) => (
      <>
        {auth.kind === 'none' && header_names.length > 0 ? 'headers' : auth.kind}{' '}
        {auth.expires_at !== null && <Ago at={auth.expires_at} />}
      </>
    ),
  },
  {
    ...{ title: 'Notes', width: '10rem', isExtra: true },
    cell: ({ source, suspicious_tools }) => (
      <>
        {suspicious_tools > 0 && (
          <span className="chip warn" title={plural(suspicious_tools, 'suspicious tool')}>
            {count(suspicious_tools)} suspicious
          </span>
        )}{' '}
        {source === 'file' && (
          <span className="chip" title="It stands in the configuration file">
            file
          </span>
        )}
      </>
    ),
  },
];

const STATES = [
  ['', 'Every state'],
  ['online', 'Online'],
  ['degraded', 'Degraded'],
  ['down', 'Down'],
  ['parked', 'Waiting for a sign-in'],
  ['disabled', 'Switched off'],
] as const;
const WAYS = [
  ['', 'Every transport'],
  ['http', 'HTTP'],
  ['sse', 'HTTP+SSE'],
  ['stdio', 'Program'],
] as const;
const ERAS = [
  ['', 'Every era'],
  ['25', '2025'],
  ['26', '2026'],
] as const;

function Filters() {
  const [text, setText] = useParam('q');
  const [state, setState] = useParam('state');
  const [way, setWay] = useParam('way');
  const [of, setEra] = useParam('of');
  return (
    <div className="row">
      <input
        type="search"
        className="narrow"
        aria-label="Servers whose name or address holds"
        placeholder="Filter"
        data-filter
        data-action="servers.filter"
        value={text}
        onChange={event => setText(event.target.value, 'within')}
      />
      <Choice label="State" action="servers.state" options={STATES} now={state as ''} onChoose={setState} />
      <Choice label="Transport" action="servers.way" options={WAYS} now={way as ''} onChoose={setWay} />
      <Choice label="Era" action="servers.era" options={ERAS} now={of as ''} onChoose={setEra} />
    </div>
  );
}

function useFiltered(all: readonly Server[]): readonly Server[] {
  const [text] = useParam('q');
  const [state] = useParam('state');
  const [way] = useParam('way');
  const [of] = useParam('of');
  return all.filter(
    server =>
      `${server.name} ${server.title} ${server.url ?? server.command?.join(' ')}`
        .toLowerCase()
        .includes(text.toLowerCase()) &&
      (state === '' || server.health.state === state) &&
      (way === '' || server.type === way) &&
      (of === '' || erasOf(server).includes(of)),
  );
}

function ServerList({ all, onAdd }: { readonly all: readonly Server[]; readonly onAdd: () => void }) {
  const to = useTo();
  const [, go] = useLocation();
  const shown = useFiltered(all);
  if (all.length === 0)
    return (
      <Empty title="No server yet">
        <p className="soft">
          MCP servers that stand behind this gateway are listed here, with how they are and what they offer.
        </p>
        {mayChange && (
          <Button action="servers.add-first" tone="main" onClick={onAdd}>
            Add a server
          </Button>
        )}
      </Empty>
    );
  const link = ({ name }: Server) => to(`/admin/servers/${name}`);
  return (
    <div className="stack">
      <Filters />
      {shown.length === 0 ? (
        <Empty title="No server fits these filters" />
      ) : (
        <Table
          name="servers"
          columns={columnsOf(link)}
          rows={shown}
          keyOf={({ id }) => id}
          onOpen={server => go(link(server))}
          {...(shown.length > 60 && { height: '65vh' })}
        />
      )}
    </div>
  );
}

const TABS = [
  { id: '', title: 'All' },
  { id: 'tokens', title: 'Tokens' },
  { id: 'mappings', title: 'Names' },
] as const;

/** What stands behind the gateway. */
export function Servers() {
  const [adding, setAdding] = useParam('add');
  const [tab, setTab] = useParam('tab');
  const read = useRead('servers.list', {}, { everyMs: 10_000 });
  return (
    <>
      <Head title="Servers" says="What stands behind this gateway, of either era.">
        <KeepView />
        {mayChange && (
          <Button action="servers.add" tone="main" onClick={() => setAdding('1')}>
            Add a server
          </Button>
        )}
      </Head>
      <KeptViews />
      <Tabs name="servers-tab" tabs={TABS} now={tab} onGo={setTab} />
      {tab === 'tokens' ? (
        <Tokens />
      ) : tab === 'mappings' ? (
        <Mappings servers={read.data ?? []} />
      ) : (
        <Read of={read}>{all => <ServerList all={all} onAdd={() => setAdding('1')} />}</Read>
      )}
      {adding !== '' && mayChange && (
        <Dialog title="Put a server behind the gateway" isWide onClose={() => setAdding('')}>
          <AddServer />
        </Dialog>
      )}
    </>
  );
}
