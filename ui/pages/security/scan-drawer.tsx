import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { type Answer, addressOf } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { Choice, Name, Read } from '../../kit/parts.tsx';
import { type Level, levelOfSeverity, State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTitle } from '../../shell/title.ts';

export type Scan = Answer<'security-audits.list'>[number];
type Whole = Answer<'security-audits.show'>;
type Verdict = NonNullable<Whole['verdicts']>[number];

export const OF_STATE: Readonly<Record<Scan['state'], Level>> = {
  running: 'unknown',
  done: 'ok',
  failed: 'bad',
  cancelled: 'off',
  interrupted: 'off',
};
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** How many were found of each severity, the worst first. */
export function Found({ found }: { readonly found: Scan['found'] }) {
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
export function ScanDrawer({
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
  useTitle(known?.url, 'drawer');
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
              {scan.state === 'done' &&
                (['markdown', 'json', 'sarif'] as const).map(format => (
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
