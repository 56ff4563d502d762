import type { ReactNode } from 'react';
import type { Entry } from '../../api/live.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { bytes, count, ms } from '../../kit/figures.ts';
import { Copy, Name } from '../../kit/parts.tsx';
import { levelOfOutcome, State } from '../../kit/state.tsx';
import { Ago, exactText } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { eraText, Wires } from './wires.tsx';

const DID: Readonly<Record<string, string>> = {
  'tools/call': 'called',
  'resources/read': 'read',
  'prompts/get': 'got',
  'tools/list': 'listed the tools',
};

/** What happened, in one sentence. */
function Story({ entry }: { readonly entry: Entry }) {
  const { username, client_name, client, method, target, server, outcome, fault, upstream_ms } = entry;
  const did = DID[method ?? ''];
  return (
    <p>
      <Name>{username ?? 'Somebody unknown'}</Name> by{' '}
      <Name>{client_name ?? client ?? entry.user_agent}</Name> {did ?? <code>{method}</code>}{' '}
      {target !== null ? (
        <Name>{target}</Name>
      ) : (
        fault === 'unknown_target' && 'something that is not there for them'
      )}
      {server !== null && (
        <>
          ; <Name>{server}</Name> {upstream_ms === null ? 'was not asked' : `took ${ms(upstream_ms)}`}
        </>
      )}
      {outcome === 'ok'
        ? '; it went well.'
        : outcome === 'cancelled'
          ? '; it was cancelled.'
          : `; it failed: ${(fault ?? 'the tool said error').replaceAll('_', ' ')}.`}
    </p>
  );
}

type Part = {
  readonly title: string;
  readonly holds: string;
  readonly took: number;
  readonly kind: 'of-gateway' | 'of-server';
};

/** The path of a request, part after part; of an entry that was written before the parts were known, what is known. */
function pathOf({ auth_ms, route_ms, connect_ms, server_ms, relay_ms, ...entry }: Entry): readonly Part[] {
  const { duration_ms, upstream_ms } = entry;
  const part = (title: string, holds: string, took: number | null, kind: Part['kind'] = 'of-gateway') =>
    took === null ? [] : [{ title, holds, took, kind }];
  if (auth_ms === null)
    return [
      ...part('Gateway', 'before and after the server', entry.gateway_ms ?? duration_ms),
      ...part('Server', 'until it had answered', upstream_ms, 'of-server'),
    ];
  const whole = upstream_ms === null ? 'what is asked and whether it is permitted, and the answer' : '';
  return [
    ...part('Who asks', 'the address, the credential and its person', auth_ms),
    ...part('Where to, and whether', whole || 'the message, the server, rules and limits', route_ms),
    ...part('Connect', 'the server starts, opens a session or says what it speaks', connect_ms, 'of-server'),
    ...part('Server', 'it works, and sends its answer', server_ms, 'of-server'),
    ...part('Relay', 'the answer goes back to the client', relay_ms),
  ];
}

/** Where the time went. */
function Waterfall({ entry }: { readonly entry: Entry }) {
  const { duration_ms, upstream_ms, gateway_ms } = entry;
  const most = Math.max(duration_ms, 0.01);
  let from = 0;
  const rows = pathOf(entry).map(part => {
    const at = from;
    from += part.took;
    return { ...part, at };
  });
  return (
    <section aria-label="Where the time went">
      <ol className="plain waterfall">
        {rows.map(({ title, holds, took, kind, at }) => (
          <li key={title}>
            <span title={holds}>{title}</span>
            <span className="number">{ms(took)}</span>
            <span className="lane" aria-hidden="true">
              <i
                className={kind}
                style={{ marginLeft: `${(100 * at) / most}%`, width: `${(100 * took) / most}%` }}
              />
            </span>
            <small className="soft">{holds}</small>
          </li>
        ))}
      </ol>
      <p className="soft">
        {upstream_ms === null
          ? `${ms(duration_ms)} in all, in the gateway; no server was asked.`
          : `${ms(duration_ms)} in all: ${ms(upstream_ms)} at the server, ${ms(gateway_ms)} in the gateway.`}
        {entry.auth_ms === null && ' In which order is not known of this one.'}
      </p>
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const WHY_AGAIN = {
  session_lost: 'the server had forgotten its session',
  connection_failed: 'the connection to the server failed',
} as const;

/** Only what may run twice is sent twice; each time with its reason. */
function SentAgain({ entry: { sent_again } }: { readonly entry: Entry }) {
  if (sent_again.length === 0) return null;
  return (
    <p>
      Sent again {sent_again.length === 1 ? 'once' : `${sent_again.length} times`}:{' '}
      {sent_again.map(why => WHY_AGAIN[why]).join(', then ')}.
    </p>
  );
}

/** Requests of the same session, just before and after. */
function Neighbours({ entry, onOpen }: { readonly entry: Entry; readonly onOpen: (id: string) => void }) {
  const { session, id } = entry;
  const { data } = useRead(
    'activity.list',
    { query: { session: session ?? '', limit: '12' } },
    { isOff: session === null },
  );
  const others = (data?.entries ?? []).filter(one => one.id !== id);
  if (session === null || others.length === 0) return null;
  return (
    <section>
      <h3>In the same session</h3>
      <ul className="plain">
        {others.map(one => (
          <li key={one.id}>
            <button
              type="button"
              className="button link"
              data-action="call.neighbour"
              onClick={() => onOpen(one.id)}
            >
              <Name>{one.target ?? one.method}</Name>
            </button>{' '}
            <State level={levelOfOutcome(one.outcome)} /> <Ago at={one.at} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One request, whole: what happened, where the time went, by which rule, and what stood around it. */
export function CallDrawer({
  entry,
  onOpen,
  onClose,
}: {
  readonly entry: Entry;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}) {
  const to = useTo();
  const { server, target, method, username } = entry;
  useTitle(target ?? method ?? 'Request', 'drawer');
  const canExplain = method === 'tools/call' && server !== null && target !== null && username !== null;
  const explained = useRead(
    'explain',
    { query: { user: username ?? '', server: server ?? '', tool: target ?? '' } },
    { isOff: !canExplain },
  ).data;
  // The entry has the name that the server gave it, which is known where that server stands alone.
  const at = server === null ? entry.endpoint : `/mcp/${server}`;
  const curl = `curl -s ${location.origin}${at} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d '${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: target === null ? {} : { name: target, arguments: {} } }).replaceAll("'", "'\\''")}'`;
  const link = `${location.origin}${to('/admin/activity', { id: entry.id })}`;
  return (
    <Dialog title={`${target ?? method ?? 'Request'}`} shape="drawer" onClose={onClose}>
      <State level={levelOfOutcome(entry.outcome)}>{entry.outcome}</State>
      <Story entry={entry} />
      <Waterfall entry={entry} />
      <SentAgain entry={entry} />
      {explained && (
        <p>
          <span className="soft">As the rules are now:</span> <bdi>{explained.says}</bdi>{' '}
          <Go
            action="call.explain"
            to={to('/admin/access', { user: username ?? '', server: server ?? '', tool: target ?? '' })}
          >
            Explain
          </Go>
        </p>
      )}
      <Facts
        facts={[
          ['At', exactText(entry.at)],
          ['Request id', <code key="id">{entry.id}</code>],
          ['Server', <Name key="server">{server}</Name>],
          ['Method', <code key="method">{method ?? '–'}</code>],
          [
            'Era',
            entry.bridged
              ? `client ${eraText(entry.era)}, server ${eraText(entry.server_era)}: bridged`
              : eraText(entry.era),
          ],
          ['Sizes', `${bytes(entry.bytes_in)} in, ${bytes(entry.bytes_out)} out`],
          ['From', `${entry.address ?? '–'}`],
          ['Program', <Name key="agent">{entry.user_agent}</Name>],
          ['Credential', <Name key="credential">{entry.credential}</Name>],
          ['Session', <Name key="session">{entry.session}</Name>],
          ['Trace', <Name key="trace">{entry.trace_id}</Name>],
          ['Status', `${entry.status}${entry.code === null ? '' : `, code ${entry.code}`}`],
          ['Equal ones', entry.count > 1 ? `${count(entry.count)} came within ten seconds` : 'none'],
        ]}
      />
      <Wires entry={entry} />
      <Neighbours entry={entry} onOpen={onOpen} />
      <div className="row">
        {canExplain && (
          <Go
            action="call.replay"
            className="button quiet"
            to={to('/admin/playground', { server: server ?? '', tool: target ?? '', replay: '1' })}
          >
            Replay in the playground
          </Go>
        )}
        <Copy action="call.curl" text={curl} label="Copy as curl" />
        <Copy action="call.link" text={link} label="Copy link" />
      </div>
    </Dialog>
  );
}
