import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { type Answer, addressOf } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { Field, Problem, wrongOf } from '../../kit/field.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { type Level, levelOfSeverity, State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';

type Scan = Answer<'security-audits.list'>[number];
type Whole = Answer<'security-audits.show'>;
type Verdict = NonNullable<Whole['verdicts']>[number];

const OF_STATE: Readonly<Record<Scan['state'], Level>> = {
  running: 'unknown',
  done: 'ok',
  failed: 'bad',
  cancelled: 'off',
  interrupted: 'off',
};
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** How many were found of each severity, the worst first. */
function Found({ found }: { readonly found: Scan['found'] }) {
  const some = SEVERITIES.filter(severity => (found?.[severity] ?? 0) > 0);
  if (found === null) return <span className="soft">–</span>;
  if (some.length === 0) return <State level="ok">nothing</State>;
  return (
    <>
      {some.map(severity => (
        <State key={severity} level={levelOfSeverity(severity)}>
          {found[severity]} {severity}{' '}
        </State>
      ))}
    </>
  );
}

function VerdictView({ verdict }: { readonly verdict: Verdict }) {
  const { title, severity, outcome, evidence, why, fix, reference, area } = verdict;
  return (
    <details open={outcome === 'found' && severity !== 'low'}>
      <summary data-action="scan.verdict">
        {outcome === 'found' ? (
          <State level={levelOfSeverity(severity)}>{severity}</State>
        ) : (
          <State level={outcome === 'passed' ? 'ok' : 'off'}>{outcome}</State>
        )}{' '}
        {title} <span className="soft">{area}</span>
      </summary>
      {evidence.length > 0 && (
        <pre className="block">
          <bdi>{evidence.join('\n')}</bdi>
        </pre>
      )}
      <p>{why}</p>
      {outcome === 'found' && (
        <p>
          <b>What to do:</b> {fix}
        </p>
      )}
      <p className="soft">{reference}</p>
    </details>
  );
}

/** What appeared and what is gone since an earlier look at the same server. */
function Compare({ scan, earlier }: { readonly scan: Whole; readonly earlier: readonly Scan[] }) {
  const [since, setSince] = useState('');
  const { data } = useRead(
    'security-audits.compare',
    { params: { id: scan.id }, query: { since } },
    { isOff: since === '' },
  );
  if (earlier.length === 0) return null;
  const options = [
    ['', 'Compare with…'] as const,
    ...earlier.map(({ id, started_at }) => [id, new Date(started_at ?? 0).toLocaleString('en-GB')] as const),
  ];
  return (
    <div className="stack">
      <p className="row">
        <Choice
          label="Compare with"
          action="scan.compare"
          options={options}
          now={since}
          onChoose={setSince}
        />
      </p>
      {data && since !== '' && (
        <dl className="facts" aria-live="polite">
          {(['appeared', 'gone', 'stayed'] as const).flatMap(what => [
            <dt key={what}>{what}</dt>,
            <dd key={`${what} list`}>{data[what].map(({ title }) => title).join(', ') || 'nothing'}</dd>,
          ])}
        </dl>
      )}
    </div>
  );
}

const RANK: Readonly<Record<string, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
const rankOf = ({ outcome, severity }: Verdict) =>
  (outcome === 'found' ? 0 : outcome === 'skipped' ? 10 : 20) + (RANK[severity] ?? 9);

/** One look at a server: how far it is, then what was found, with evidence and what to do. */
function ScanDrawer({
  id,
  all,
  onClose,
}: {
  readonly id: string;
  readonly all: readonly Scan[];
  readonly onClose: () => void;
}) {
  const [isRemoving, setRemoving] = useState(false);
  const known = all.find(one => one.id === id);
  const read = useRead(
    'security-audits.show',
    { params: { id } },
    { everyMs: known?.state === 'running' ? 500 : 60_000 },
  );
  const cancel = useAct('security-audits.cancel', { says: 'It stops.' });
  const remove = useAct('security-audits.remove', { says: 'The report is gone.', onDone: onClose });
  const file = (format: 'json' | 'sarif' | 'markdown') =>
    addressOf('security-audits.report', { params: { id }, query: { format } });
  return (
    <Dialog title={known?.url ?? 'Scan'} shape="drawer" onClose={onClose}>
      <Read of={read}>
        {scan => (
          <div className="stack">
            <p>
              <State level={OF_STATE[scan.state]}>{scan.state}</State> <Ago at={scan.started_at} /> by{' '}
              <Name>{scan.started_by}</Name> {scan.reason}
            </p>
            {scan.progress && scan.state === 'running' && (
              <div role="status">
                <progress aria-label="Checks done" value={scan.progress.done} max={scan.progress.of} />{' '}
                {scan.progress.done} of {scan.progress.of}: {scan.progress.check}
              </div>
            )}
            <div className="row">
              <Found found={scan.found} />
              <span className="grow" />
              {scan.state === 'running' && mayChange && (
                <Button action="scan.cancel" onClick={() => cancel.mutate({ params: { id } })}>
                  Stop
                </Button>
              )}
              {scan.state === 'done' && (
                <>
                  {(['markdown', 'json', 'sarif'] as const).map(format => (
                    <a
                      key={format}
                      className="button quiet"
                      data-action={`scan.${format}`}
                      href={file(format)}
                      download
                    >
                      {format === 'json' ? 'JSON' : format === 'sarif' ? 'SARIF' : 'Markdown'}
                    </a>
                  ))}
                </>
              )}
              {scan.state !== 'running' && mayChange && (
                <Button action="scan.remove-ask" tone="danger" onClick={() => setRemoving(true)}>
                  Remove
                </Button>
              )}
            </div>
            <Compare
              scan={scan}
              earlier={all.filter(
                one =>
                  one.url === scan.url &&
                  one.state === 'done' &&
                  (one.started_at ?? '') < (scan.started_at ?? ''),
              )}
            />
            {[...(scan.verdicts ?? [])]
              .sort((a, b) => rankOf(a) - rankOf(b))
              .map(verdict => (
                <VerdictView key={verdict.check} verdict={verdict} />
              ))}
          </div>
        )}
      </Read>
      {isRemoving && (
        <Confirm
          action="scan.remove"
          title="Remove this report?"
          does="Remove it"
          isBusy={remove.isPending}
          onDo={() => remove.mutate({ params: { id } })}
          onClose={() => setRemoving(false)}
        >
          <p>Later scans cannot be compared with it.</p>
        </Confirm>
      )}
    </Dialog>
  );
}

/** Begins a look at a server; a token is used for this look, and kept nowhere. */
function Start({ onStarted }: { readonly onStarted: (id: string) => void }) {
  const [asked] = useParam('server');
  const servers = useRead('servers.list', {}).data ?? [];
  const [typed, setUrl] = useState<string>();
  const url = typed ?? servers.find(({ name }) => name === asked)?.url ?? '';
  const [token, setToken] = useState('');
  const [callsTools, setCallsTools] = useState(false);
  const start = useAct('security-audits.start', { isQuiet: true, onDone: ({ id }) => onStarted(id) });
  return (
    <form
      className="panel"
      onSubmit={event => {
        event.preventDefault();
        start.mutate({ body: { url, call_tools: callsTools, ...(token !== '' && { token }) } });
      }}
    >
      <div className="two">
        <Field
          label="URL of an MCP server"
          hint="43 checks; no tool that may change something is called."
          wrong={wrongOf(start.error, 'url')}
        >
          <input
            data-action="scan.url"
            inputMode="url"
            value={url}
            onChange={event => setUrl(event.target.value)}
          />
        </Field>
        <Field
          label="Bearer token (may be left out)"
          hint="Used for this scan alone, and kept nowhere."
          wrong={wrongOf(start.error, 'token')}
        >
          <input
            type="password"
            autoComplete="off"
            data-action="scan.token"
            value={token}
            onChange={event => setToken(event.target.value)}
          />
        </Field>
      </div>
      <div className="row apart">
        <label className="check">
          <input
            type="checkbox"
            data-action="scan.calls"
            checked={callsTools}
            onChange={event => setCallsTools(event.target.checked)}
          />
          Call tools that are not read-only as well
        </label>
        <Button action="scan.start" tone="main" isSubmit isBusy={start.isPending} isOff={url === ''}>
          Scan it
        </Button>
      </div>
      <Problem refused={start.error} fields={['url', 'token']} />
    </form>
  );
}

/** Looks at servers for what is wrong with their security, and what came of earlier looks. */
export function Scans() {
  const [open, setOpen] = useParam('open');
  const read = useRead('security-audits.list', { query: {} }, { everyMs: 2_000 });
  return (
    <div className="stack">
      {mayChange && <Start onStarted={setOpen} />}
      <Read of={read}>
        {scans =>
          scans.length === 0 ? (
            <Empty title="No scan yet">
              <p className="soft">
                A scan asks a server as an attacker would, in the background, and says what it found, why it
                matters and how to mend it.
              </p>
            </Empty>
          ) : (
            <Table<Scan>
              name="scans"
              rows={scans}
              keyOf={({ id }) => id}
              onOpen={({ id }) => setOpen(id)}
              openKey={open}
              columns={[
                { title: 'Server', width: '2fr', cell: ({ url }) => <Name>{url}</Name> },
                {
                  title: 'State',
                  width: '1fr',
                  cell: ({ state, progress }) => (
                    <State level={OF_STATE[state]}>
                      {progress && state === 'running' ? `${progress.done} of ${progress.of}` : state}
                    </State>
                  ),
                },
                { title: 'Found', width: '2fr', cell: ({ found }) => <Found found={found} /> },
                {
                  title: 'By',
                  width: '1fr',
                  isExtra: true,
                  cell: ({ started_by }) => <Name>{started_by}</Name>,
                },
                {
                  title: 'When',
                  width: '7rem',
                  isExtra: true,
                  cell: ({ started_at }) => <Ago at={started_at} />,
                },
              ]}
            />
          )
        }
      </Read>
      {open !== '' && read.data && <ScanDrawer id={open} all={read.data} onClose={() => setOpen('')} />}
    </div>
  );
}
