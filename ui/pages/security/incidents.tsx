import { useMemo, useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { addressOf } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { count, plural } from '../../kit/figures.ts';
import { Spark } from '../../kit/heat.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { levelOfSeverity, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago, exactText } from '../../kit/time.tsx';
import { useParam, useParams, useTo, useWindow } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { BlockAddress } from './block-address.tsx';
import { type Incident, incidentsOf, sparkOf } from './folding.ts';

const words = (type: string) => type.replaceAll('_', ' ');

const COLUMNS: readonly Column<Incident>[] = [
  {
    title: 'Severity',
    width: '5.5rem',
    cell: ({ severity }) => <State level={levelOfSeverity(severity)}>{severity}</State>,
  },
  { title: 'What', width: '1.5fr', cell: ({ type }) => <Name>{words(type)}</Name> },
  { title: 'Who', width: '1.2fr', isExtra: true, cell: ({ who, address }) => <Name>{who ?? address}</Name> },
  { title: 'Server', width: '1fr', isExtra: true, cell: ({ server }) => <Name>{server}</Name> },
  { title: 'Times', width: '3rem', isNumber: true, isExtra: true, cell: one => count(one.count) },
  {
    ...{ title: 'When', width: '1.2fr', isWide: true },
    cell: one => (
      <Spark
        values={sparkOf(one)}
        most={Math.max(...sparkOf(one))}
        label={`${one.count} from first to last`}
      />
    ),
  },
  { title: 'First', width: '6rem', isWide: true, cell: ({ first }) => <Ago at={first} /> },
  { title: 'Last', width: '5.5rem', cell: ({ last }) => <Ago at={last} /> },
];

/** One incident, event by event, with the way to what else its actor did. */
function IncidentDrawer({
  incident,
  onClose,
}: {
  readonly incident: Incident;
  readonly onClose: () => void;
}) {
  const to = useTo();
  const [isBlocking, setBlocking] = useState(false);
  useTitle(words(incident.type), 'drawer');
  const { type, severity, who, address, server, events, first, last } = incident;
  const userId = events[0]?.user_id ?? '';
  return (
    <Dialog title={words(type)} shape="drawer" onClose={onClose}>
      <State level={levelOfSeverity(severity)}>{severity}</State>
      <p>
        <Name>{who ?? 'Somebody unknown'}</Name>{' '}
        {address !== null && (
          <>
            from <Name>{address}</Name>
          </>
        )}{' '}
        {server !== null && (
          <>
            at <Name>{server}</Name>
          </>
        )}
        : {plural(incident.count, 'time')}, from {exactText(first)} to {exactText(last)}.
      </p>
      <div className="row">
        {userId !== '' && (
          <Go
            action="incident.calls"
            className="button quiet"
            to={to('/admin/activity', { user_id: userId })}
          >
            Their calls
          </Go>
        )}
        {address !== null && (
          <Go action="incident.address" className="button quiet" to={to('/admin/activity', { address })}>
            Calls from this address
          </Go>
        )}
        {address !== null && mayChange && (
          <Button action="incident.block" onClick={() => setBlocking(true)}>
            Block the address
          </Button>
        )}
        {userId !== '' && (
          <Go action="incident.person" className="button quiet" to={to(`/admin/people/${userId}`)}>
            The person
          </Go>
        )}
      </div>
      <ul className="plain timeline">
        {events.slice(0, 100).map(({ id, timestamp, details, count: many }) => (
          <li key={id}>
            <Ago at={timestamp} /> {many > 1 && <span className="chip">{count(many)} times</span>}
            <pre className="block">
              <bdi>{JSON.stringify(details, null, 2)}</bdi>
            </pre>
          </li>
        ))}
      </ul>
      {isBlocking && address !== null && (
        <BlockAddress address={address} onClose={() => setBlocking(false)} />
      )}
    </Dialog>
  );
}

const SEVERITIES = [
  ['', 'Every severity'],
  ['critical', 'Critical'],
  ['high', 'High'],
  ['medium', 'Medium'],
  ['low', 'Low'],
] as const;

const fits = ({ type, who, address, server }: Incident, sought: string) =>
  `${words(type)} ${who ?? ''} ${address ?? ''} ${server ?? ''}`.toLowerCase().includes(sought.toLowerCase());

/** Events folded by actor and kind. */
export function Incidents() {
  const [window] = useWindow();
  const [severity, setSeverity] = useParam('severity');
  const [type, setType] = useParam('type');
  const [sought, setSought] = useParam('q');
  const [open, setOpen] = useParam('open');
  const [, clear] = useParams();
  const query = {
    ...window.span,
    limit: '2000',
    ...(severity && { severity: severity as 'low' }),
    ...(type && { event_type: type }),
  };
  const read = useRead('security-events.list', { query }, { everyMs: 10_000 });
  const all = useMemo(() => incidentsOf(read.data ?? []), [read.data]);
  const incidents = useMemo(() => all.filter(one => fits(one, sought)), [all, sought]);
  const types = [...new Set((read.data ?? []).map(({ event_type }) => event_type))].sort();
  const file = (format: 'csv' | 'jsonl') =>
    addressOf('security-events.export', {
      query: {
        ...window.span,
        format,
        ...(severity && { severity: severity as 'low' }),
        ...(type && { event_type: type }),
      },
    });
  const opened = incidents.find(({ key }) => key === open);
  return (
    <div className="stack">
      <div className="row">
        <input
          type="search"
          className="narrow"
          data-action="incidents.search"
          data-filter
          aria-label="Who, what, from where or which server"
          placeholder="Who, what or where"
          value={sought}
          onChange={event => setSought(event.target.value, 'within')}
        />
        <Choice
          label="Severity"
          action="incidents.severity"
          options={SEVERITIES}
          now={severity as ''}
          onChoose={setSeverity}
        />
        <Choice
          label="Kind"
          action="incidents.type"
          options={[
            ['', 'Every kind'],
            ...[...new Set([...types, ...(type ? [type] : [])])].map(one => [one, words(one)] as const),
          ]}
          now={type}
          onChoose={setType}
        />
        {(severity !== '' || type !== '' || sought !== '') && (
          <Button
            action="incidents.clear"
            tone="link"
            onClick={() => clear({ severity: '', type: '', q: '' })}
          >
            Clear
          </Button>
        )}
        <span className="grow" />
        <a className="button quiet" data-action="incidents.csv" href={file('csv')} download>
          CSV
        </a>
        <a className="button quiet" data-action="incidents.jsonl" href={file('jsonl')} download>
          JSON lines
        </a>
      </div>
      <Read of={read} lines={8}>
        {() =>
          incidents.length === 0 ? (
            <Empty title={all.length > 0 ? 'No incident holds that' : `Nothing happened in ${window.says}`}>
              <p className="soft">
                Refused sign-ins, tokens used twice, attacks in arguments, changed tools: what the detectors
                find is folded into incidents here.
              </p>
            </Empty>
          ) : (
            <Table
              name="incidents"
              columns={COLUMNS}
              rows={incidents}
              keyOf={({ key }) => key}
              onOpen={({ key }, how) => setOpen(key, how)}
              openKey={opened?.key}
              {...(incidents.length > 60 && { height: '62vh' })}
            />
          )
        }
      </Read>
      {opened && <IncidentDrawer incident={opened} onClose={() => setOpen('')} />}
    </div>
  );
}
