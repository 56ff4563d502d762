import { useState } from 'react';
import { type Entry, useLive } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { ms } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { levelOfOutcome, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Clock } from '../../kit/time.tsx';
import { useIsLive } from '../../shell/header.tsx';
import { useTo } from '../../shell/place.ts';

const SHOWN = 8;

const columnsOf = (link: (entry: Entry) => string): readonly Column<Entry>[] => [
  { title: 'At', width: '4.5rem', cell: ({ at }) => <Clock at={at} /> },
  { title: 'Who', width: '1.2fr', isExtra: true, cell: ({ username }) => <Name>{username}</Name> },
  {
    title: 'By',
    width: '1fr',
    isWide: true,
    cell: ({ client_name, client }) => <Name>{client_name ?? client}</Name>,
  },
  {
    ...{ title: 'What', width: '2fr' },
    cell: entry => (
      <Go action="last.open" to={link(entry)}>
        <Name>{entry.target ?? entry.method}</Name>
      </Go>
    ),
  },
  { title: 'Server', width: '1fr', isExtra: true, cell: ({ server }) => <Name>{server}</Name> },
  {
    title: 'Outcome',
    width: '6rem',
    small: '5.5rem',
    cell: ({ outcome }) => <State level={levelOfOutcome(outcome)}>{outcome}</State>,
  },
  { title: 'Took', width: '4rem', isNumber: true, cell: ({ duration_ms }) => ms(duration_ms) },
];

/** The latest calls, as they come. */
export function LastCalls() {
  const to = useTo();
  const isLive = useIsLive();
  const [fresh, setFresh] = useState<readonly Entry[]>([]);
  const read = useRead('activity.list', { query: { limit: String(SHOWN), method: 'tools/call' } });
  useLive(
    { kind: 'entry', method: 'tools/call' },
    told => {
      if (told.kind === 'entry') setFresh(before => [told.row, ...before].slice(0, SHOWN));
    },
    isLive,
  );
  return (
    <section aria-label="The last calls">
      <Read of={read}>
        {({ entries }) => {
          const known = new Set(fresh.map(({ id }) => id));
          const rows = [...fresh, ...entries.filter(({ id }) => !known.has(id))].slice(0, SHOWN);
          if (rows.length === 0)
            return (
              <Empty title="No call yet">
                <p className="soft">The first call of a client appears here the moment it is made.</p>
                <Go action="home.connect" className="button main" to="/account/connect">
                  Connect a client
                </Go>
              </Empty>
            );
          return (
            <Table
              name="last"
              columns={columnsOf(({ id }) => to('/admin/activity', { id }))}
              rows={rows}
              keyOf={({ id }) => id}
            />
          );
        }}
      </Read>
    </section>
  );
}
