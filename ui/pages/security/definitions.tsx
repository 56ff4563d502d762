import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { count, plural } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';

/** Which servers offer what should be looked at, and when each changed last. */
export function Definitions() {
  const to = useTo();
  const read = useRead('servers.list', {}, { everyMs: 15_000 });
  const changed =
    useRead('security-events.list', {
      query: { event_type: 'tool_changed', last_hours: '720', limit: '500' },
    }).data ?? [];
  return (
    <Read of={read}>
      {servers =>
        servers.length === 0 ? (
          <Empty title="No server yet" />
        ) : (
          <Table
            name="definitions"
            rows={servers}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Server', cell: ({ name }) => <Name>{name}</Name> },
              {
                title: 'Tools',
                width: '5rem',
                isNumber: true,
                isExtra: true,
                cell: ({ tools_count }) => count(tools_count),
              },
              {
                title: 'Suspicious',
                cell: ({ name, suspicious_tools: many }) =>
                  many === 0 ? (
                    <State level="ok">none</State>
                  ) : (
                    <Go
                      action="definitions.suspicious"
                      to={to(`/admin/servers/${name}`, { tab: 'offers', only: 'suspicious' })}
                    >
                      <State level="warn">{plural(many, 'tool')}</State>
                    </Go>
                  ),
              },
              {
                title: 'Changed',
                cell: ({ name }) => {
                  const latest = changed.find(({ server }) => server === name);
                  return (
                    <Go action="definitions.changes" to={to(`/admin/servers/${name}`, { tab: 'changes' })}>
                      {latest ? <Ago at={latest.timestamp} /> : 'not in 30 days'}
                    </Go>
                  );
                },
              },
            ]}
          />
        )
      }
    </Read>
  );
}
