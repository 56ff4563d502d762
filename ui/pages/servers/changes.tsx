import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import type { Server } from './server.tsx';

type Change = Answer<'servers.changes'>['entries'][number];

/** What makes a tool do more than people agreed to comes first. */
const RISKY = ['annotations', 'description', 'inputSchema', 'instructions'];

const riskOf = ({ change, fields }: Change): number => {
  const first = fields
    .map(({ field }) => RISKY.findIndex(name => field.startsWith(name)))
    .filter(at => at >= 0);
  return change === 'changed' ? Math.min(9, ...first) : change === 'added' ? 5 : 8;
};

function ChangeView({ change: of }: { readonly change: Change }) {
  const { kind, name, change, fields, more, action, at, count } = of;
  return (
    <li className="panel stack">
      <div className="row apart">
        <span>
          <State level={change === 'changed' ? 'warn' : 'off'}>
            {change === 'many' ? `${count} changes at once` : `${kind} ${change}`}
          </State>{' '}
          <Name>{name}</Name>
        </span>
        <span className="soft">
          {action}, <Ago at={at} />
        </span>
      </div>
      {fields.map(({ field, before, after }) => (
        <div key={field}>
          <h2 className="soft">{field}</h2>
          <div className="diff">
            {before !== null && <del>- {before}</del>}
            {after !== null && <ins>+ {after}</ins>}
          </div>
        </div>
      ))}
      {more > 0 && <p className="soft">and {more} more members</p>}
    </li>
  );
}

/** What a server changed in what it offers, member by member, the riskiest of a moment first. */
export function Changes({ server }: { readonly server: Server }) {
  const read = useRead(
    'servers.changes',
    { params: { id: server.id }, query: { limit: '100' } },
    { everyMs: 30_000 },
  );
  return (
    <Read of={read}>
      {({ entries }) =>
        entries.length === 0 ? (
          <Empty title="It never changed what it offers">
            <p className="soft">
              When it does, each change is here: what it was and what it is, and whether the gateway switched
              it off.
            </p>
          </Empty>
        ) : (
          <ul className="plain stack" aria-label="Changes">
            {[...entries]
              .sort(
                (a, b) =>
                  String(b.at).slice(0, 16).localeCompare(String(a.at).slice(0, 16)) || riskOf(a) - riskOf(b),
              )
              .map(change => (
                <ChangeView key={change.id} change={change} />
              ))}
          </ul>
        )
      }
    </Read>
  );
}
