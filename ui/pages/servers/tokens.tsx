import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Level, State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';

type Status = Answer<'servers.token-statuses'>[number];

const LEVELS: Readonly<Record<Status['status'], Level>> = {
  ok: 'ok',
  warning: 'warn',
  expired: 'bad',
  never: 'off',
  unknown: 'unknown',
  none: 'off',
};
const SAYS: Readonly<Record<Status['status'], string>> = {
  ok: 'good',
  warning: 'ends soon',
  expired: 'has ended',
  never: 'not connected yet',
  unknown: 'no end is known',
  none: 'needs none',
};

function kindOf({ auth_type, oauth }: Status): string {
  if (!oauth) return auth_type;
  return oauth.per === 'user'
    ? `OAuth, ${plural(oauth.connected, 'person', 'people')} connected`
    : 'OAuth of the gateway';
}

/** How the credentials of all servers are, and what was refreshed when and why. */
export function Tokens() {
  const to = useTo();
  const read = useRead('servers.token-statuses', {}, { everyMs: 15_000 });
  const refresh = useAct('servers.refresh-token', { says: 'It has new tokens.' });
  return (
    <div className="stack">
      <Read of={read}>
        {statuses =>
          statuses.length === 0 ? (
            <Empty title="No server yet" />
          ) : (
            <Table<Status>
              name="tokens"
              rows={statuses}
              keyOf={({ server_id }) => server_id}
              columns={[
                {
                  title: 'Server',
                  cell: ({ server_name }) => (
                    <Go
                      action="tokens.server"
                      to={to(`/admin/servers/${server_name}`, { tab: 'credentials' })}
                    >
                      <Name>{server_name}</Name>
                    </Go>
                  ),
                },
                {
                  title: 'Credential',
                  cell: ({ status }) => <State level={LEVELS[status]}>{SAYS[status]}</State>,
                },
                { title: 'Kind', isExtra: true, cell: kindOf },
                { title: 'Ends', isExtra: true, cell: ({ expires_at }) => <Ago at={expires_at} /> },
                {
                  title: '',
                  width: '9rem',
                  small: '7rem',
                  cell: ({ server_id, oauth }) =>
                    mayChange &&
                    oauth?.per === 'gateway' && (
                      <Button
                        action="tokens.refresh"
                        isBusy={refresh.isPending && refresh.variables?.params.id === server_id}
                        onClick={() => refresh.mutate({ params: { id: server_id } })}
                      >
                        Refresh now
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Read>
      <Refreshes />
    </div>
  );
}

type Refresh = Answer<'servers.token-audit-logs'>[number];

const KINDS: Readonly<Record<Refresh['kind'], string>> = {
  proactive: 'before it ended',
  reactive: 'after a refusal',
  manual: 'by hand',
};

/** When tokens were refreshed, whose, why, and what came of it. */
export function Refreshes({ serverId }: { readonly serverId?: string }) {
  const read = useRead(
    'servers.token-audit-logs',
    { query: { limit: '50', ...(serverId && { server_id: serverId }) } },
    { everyMs: 30_000 },
  );
  const servers = useRead('servers.list', {}).data ?? [];
  return (
    <section className="stack" aria-label="Refreshes">
      <h2>What was refreshed</h2>
      <Read of={read}>
        {rows =>
          rows.length === 0 ? (
            <p className="soft">Nothing was refreshed yet.</p>
          ) : (
            <Table<Refresh>
              name="refreshes"
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { title: 'When', cell: ({ at }) => <Ago at={at} /> },
                {
                  title: 'Server',
                  cell: ({ server_id }) => (
                    <Name>{servers.find(({ id }) => id === server_id)?.name ?? server_id}</Name>
                  ),
                },
                {
                  title: 'Whose',
                  isExtra: true,
                  cell: ({ username, user_id }) =>
                    user_id === null ? 'the gateway’s' : <Name>{username}</Name>,
                },
                { title: 'Why', isExtra: true, cell: ({ kind }) => KINDS[kind] },
                {
                  title: 'What came of it',
                  cell: ({ outcome }) => (
                    <State level={outcome === 'refreshed' ? 'ok' : outcome === 'ended' ? 'bad' : 'warn'}>
                      {outcome}
                    </State>
                  ),
                },
              ]}
            />
          )
        }
      </Read>
    </section>
  );
}
