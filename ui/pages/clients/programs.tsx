import { mayChange } from '../../api/boot.ts';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { RowGone, useStill } from '../../shell/gone.tsx';
import { useParams } from '../../shell/place.ts';
import { AddProgram } from './add-program.tsx';
import { hostsOf, Known, lifeOf, type Program } from './program.tsx';
import { ProgramDrawer } from './program-drawer.tsx';

const columnsOf = (agreed: ReadonlyMap<string, number>): readonly Column<Program>[] => [
  { title: 'Client', width: '1.6fr', cell: one => <Name>{one.client_name ?? one.client_id}</Name> },
  { title: 'Whose word', width: '1.5fr', cell: one => <Known of={one} /> },
  { title: 'Sends back to', width: '1.4fr', isExtra: true, cell: one => <Name>{hostsOf(one)}</Name> },
  {
    ...{ title: 'People', width: '3.5rem', isNumber: true },
    cell: ({ client_id }) => agreed.get(client_id) ?? 0,
  },
  { title: 'Token life', width: '7rem', isWide: true, cell: lifeOf },
  { title: 'Last seen', width: '6rem', isExtra: true, cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
  { title: 'By', width: '1.2fr', isWide: true, cell: ({ lastAgent }) => <Name>{lastAgent}</Name> },
];

/** Programs that ask people for access. */
export function Programs() {
  const [params, set] = useParams();
  const at = (name: string) => params.get(name) ?? '';
  const programs = useRead('oauth-clients.list', {}, { everyMs: 15_000 });
  const consents = useRead('consents.list', { query: {} }).data ?? [];
  const agreed = new Map<string, number>();
  for (const { client_id } of consents) agreed.set(client_id, (agreed.get(client_id) ?? 0) + 1);
  const fits = (one: Program) =>
    `${one.client_name ?? ''} ${one.client_id} ${hostsOf(one)}`.toLowerCase().includes(at('q').toLowerCase());
  const { shown: opened, isGone } = useStill(
    at('open'),
    programs.data?.find(({ client_id }) => client_id === at('open')),
  );
  return (
    <div className="stack">
      <div className="row">
        <input
          type="search"
          className="narrow"
          data-action="clients.search"
          data-filter
          aria-label="Name, id or host"
          placeholder="Name, id or host"
          value={at('q')}
          onChange={event => set({ q: event.target.value }, 'within')}
        />
        <span className="grow" />
        {mayChange && (
          <Button action="clients.add" tone="main" onClick={() => set({ add: 'client' })}>
            Register a client
          </Button>
        )}
      </div>
      {programs.data && at('open') !== '' && !opened && (
        <RowGone what="client" onClose={() => set({ open: '' })} />
      )}
      <Read of={programs}>
        {all =>
          all.filter(fits).length === 0 ? (
            <Empty title={all.length === 0 ? 'No client has come yet' : 'No client fits'}>
              <p className="soft">
                Clients that register themselves, or show a document of their domain, appear here when they
                come.
              </p>
            </Empty>
          ) : (
            <Table
              name="clients"
              columns={columnsOf(agreed)}
              rows={all.filter(fits)}
              keyOf={({ client_id }) => client_id}
              openKey={opened?.client_id}
              onOpen={({ client_id }, how) => set({ open: client_id }, how)}
              {...(all.length > 100 && { height: 'min(70vh, 50rem)' })}
            />
          )
        }
      </Read>
      {mayChange && at('add') === 'client' && <AddProgram onClose={() => set({ add: '' })} />}
      {opened && (
        <ProgramDrawer
          key={opened.client_id}
          program={opened}
          isGone={isGone}
          onClose={() => set({ open: '' })}
        />
      )}
    </div>
  );
}
