import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../../../api/client.ts';
import { useAct } from '../../../api/use.ts';
import { Button, Go } from '../../../kit/button.tsx';
import { plural } from '../../../kit/figures.ts';
import { Name } from '../../../kit/parts.tsx';
import { State } from '../../../kit/state.tsx';
import { useTo } from '../../../shell/place.ts';
import { RemoveServer } from '../remove.tsx';
import { REMEDY, type Server, type Tested, type Trouble, ticksOf, troubleOf } from './ticks.ts';

/** So many are asked at once: each may be a program that is started for it. */
const AT_ONCE = 4;

/** `unknown`: the gateway could not be asked. */
type Verdict = 'asking' | 'answers' | Trouble | 'unknown' | 'removed';

/** Where what is in the way is mended. */
function Remedies({
  server,
  trouble,
  onRemoved,
}: {
  readonly server: Server;
  readonly trouble: Trouble;
  readonly onRemoved: () => void;
}) {
  const to = useTo();
  const [isRemoving, setRemoving] = useState(false);
  const page = (tab: string) => to(`/admin/servers/${server.name}`, { tab });
  return (
    <div className="stack">
      <p>{REMEDY[trouble]}</p>
      <div className="row">
        {trouble === 'login' ? (
          <Go action="server-added.credential" className="button quiet" to={page('credentials')}>
            Give it a credential
          </Go>
        ) : (
          <Go action="server-added.settings" className="button quiet" to={page('settings')}>
            Settings
          </Go>
        )}
        {server.type === 'stdio' && (
          <Go action="server-added.log" className="button quiet" to={page('log')}>
            See its log
          </Go>
        )}
        <Button action="server-added.remove" tone="danger" onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </div>
      {isRemoving && <RemoveServer server={server} onDone={onRemoved} onClose={() => setRemoving(false)} />}
    </div>
  );
}

type OneProps = {
  readonly server: Server;
  readonly isItsTurn: boolean;
  readonly onVerdict: (verdict: Verdict) => void;
};

function verdictOf(tested: Tested | undefined, isFailed: boolean): Verdict {
  if (tested) return troubleOf(tested) ?? 'answers';
  return isFailed ? 'unknown' : 'asking';
}

const isTrouble = (verdict: Verdict): verdict is Trouble => verdict in REMEDY;

/** One server that was added: asked at once, tick by tick. */
function One({ server, isItsTurn, onVerdict }: OneProps) {
  const to = useTo();
  const test = useAct('servers.test', { isQuiet: true });
  const [isRemoved, setRemoved] = useState(false);
  const verdict = isRemoved ? 'removed' : verdictOf(test.data, test.error !== null);
  const ask = () => test.mutate({ params: { id: server.id } });
  const latest = useRef({ ask, onVerdict });
  latest.current = { ask, onVerdict };
  useEffect(() => {
    if (isItsTurn) latest.current.ask();
  }, [isItsTurn]);
  useEffect(() => latest.current.onVerdict(verdict), [verdict]);
  if (isRemoved)
    return (
      <li className="panel soft">
        <Name>{server.name}</Name> is removed again.
      </li>
    );
  const asking = isItsTurn ? 'Asking it' : 'Waits for its turn';
  const ticks = test.data ? ticksOf(server, test.data) : [];
  return (
    <li className="panel">
      <div className="row apart">
        <h3>
          <Go action="server-added.open" to={to(`/admin/servers/${server.name}`)}>
            <Name>{server.name}</Name>
          </Go>
        </h3>
        <Button action="server.ask-again" isBusy={test.isPending} isOff={!isItsTurn} onClick={ask}>
          Ask again
        </Button>
      </div>
      {test.error && <p className="problem">{test.error.message}</p>}
      <ul className="plain ticks" aria-live="polite">
        {verdict === 'asking' && (
          <li>
            <State level="unknown" />
            <span className="soft">{asking}</span>
          </li>
        )}
        {ticks.map(({ level, says }) => (
          <li key={says}>
            <State level={level} />
            <bdi className={level === 'unknown' ? 'soft' : ''}>{says}</bdi>
          </li>
        ))}
      </ul>
      {isTrouble(verdict) && (
        <Remedies server={server} trouble={verdict} onRemoved={() => setRemoved(true)} />
      )}
    </li>
  );
}

function summary(added: number, verdicts: readonly Verdict[]): string {
  const asked = verdicts.filter(one => one !== 'asking' && one !== 'removed');
  const count = added - verdicts.filter(one => one === 'removed').length;
  if (count === 0) return 'Nothing of it is left.';
  if (asked.length < count) return `Asked ${asked.length} of ${count}.`;
  const answer = asked.filter(one => one === 'answers').length;
  if (answer === count) return count === 1 ? 'It answers.' : `All ${count} answer.`;
  if (count === 1) return 'It does not work yet.';
  return `${answer} of ${count} answer; what the others need stands below.`;
}

/** What came of adding: each server is asked, and what was not taken is named. It takes the focus, since the button is done. */
export function Added({ answer: { added, refused } }: { readonly answer: Answer<'servers.import'> }) {
  const head = useRef<HTMLHeadingElement>(null);
  const [verdicts, setVerdicts] = useState<Readonly<Record<string, Verdict>>>({});
  // One that is asked again takes nobody's turn: who answered once stays among these.
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => head.current?.focus(), []);
  const hear = (id: string, verdict: Verdict) => {
    setVerdicts(before => ({ ...before, [id]: verdict }));
    if (verdict !== 'asking') setAnswered(before => new Set([...before, id]));
  };
  return (
    <section className="stack" aria-label="What was added">
      <h2 ref={head} tabIndex={-1}>
        {added.length === 0 ? 'Nothing was added' : `Added ${plural(added.length, 'server')}`}
      </h2>
      {added.length > 0 && <p role="status">{summary(added.length, Object.values(verdicts))}</p>}
      {refused.length > 0 && (
        <ul className="plain ticks" aria-label="Not added">
          {refused.map(({ name, field, message }) => (
            <li key={name}>
              <State level="bad" />
              <span>
                <Name>{name}</Name> was not added: <bdi>{message.replace(`${field}: `, '')}</bdi>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ul className="plain stack">
        {added.map((server, at) => (
          <One
            key={server.id}
            server={{ ...server, warnings: [] }}
            isItsTurn={at < answered.size + AT_ONCE}
            onVerdict={verdict => hear(server.id, verdict)}
          />
        ))}
      </ul>
    </section>
  );
}
