import type { Answer } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago, exactText } from '../../kit/time.tsx';
import { useIsLive } from '../../shell/header.tsx';
import { useParam, useParams, useWindow } from '../../shell/place.ts';
import { Diff } from './diff.tsx';
import { FilterRow } from './filter-row.tsx';
import { AUDIT_FILTERS, auditFilter } from './filters.ts';
import { usePages } from './pages.ts';

type Change = Answer<'audit.list'>['entries'][number];

const columns: readonly Column<Change>[] = [
  { title: 'When', width: '6rem', cell: ({ at }) => <Ago at={at} /> },
  { title: 'Who', width: '1fr', cell: ({ actor }) => <Name>{actor}</Name> },
  {
    ...{ title: 'From', width: '8rem', isWide: true },
    cell: ({ address }) => <Name>{address ?? '–'}</Name>,
  },
  { title: 'What', width: '1.2fr', cell: ({ action }) => <code>{action}</code> },
  { title: 'Of what', width: '1.6fr', isExtra: true, cell: ({ target }) => <Name>{target}</Name> },
];

function ChangeDrawer({ change, onClose }: { readonly change: Change; readonly onClose: () => void }) {
  const [, set] = useParams();
  return (
    <Dialog title="Change" shape="drawer" onClose={onClose}>
      <dl className="facts">
        <dt>When</dt>
        <dd>
          {exactText(change.at)} (<Ago at={change.at} />)
        </dd>
        <dt>Who</dt>
        <dd>
          <Name>{change.actor}</Name>
        </dd>
        <dt>From</dt>
        <dd>
          <Name>{change.address ?? '–'}</Name>
        </dd>
        <dt>What</dt>
        <dd>
          <code>{change.action}</code>
        </dd>
        <dt>Of what</dt>
        <dd>
          <Name>{change.target}</Name>
        </dd>
      </dl>
      <Diff before={change.before} after={change.after} />
      <div className="row">
        <Button action="change.of-target" onClick={() => set({ target: change.target, open: '' })}>
          All of this object
        </Button>
        <Button action="change.of-actor" onClick={() => set({ actor: change.actor, open: '' })}>
          All by this actor
        </Button>
      </div>
    </Dialog>
  );
}

/** What administrators, the command line and the file changed. */
export function Changes() {
  const [params] = useParams();
  const [window] = useWindow();
  const isLive = useIsLive();
  const [open, setOpen] = useParam('open');
  const filter = { ...window.span, ...auditFilter(params) };
  const { list, rows, more } = usePages('audit.list', filter, isLive && 10_000);
  const opened = rows.find(({ id }) => id === open);
  return (
    <div className="stack">
      <FilterRow filters={AUDIT_FILTERS} />
      <Read of={list}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No change fits">
              <p className="soft">
                Whatever an administrator, the command line or the configuration file changes is written here,
                with before and after.
              </p>
            </Empty>
          ) : (
            <Table
              name="audit"
              columns={columns}
              rows={rows}
              keyOf={({ id }) => id}
              openKey={opened?.id}
              onOpen={({ id }, how) => setOpen(id, how)}
              {...(rows.length > 12 && { height: 'min(65vh, 46rem)' })}
              onEnd={more}
            />
          )
        }
      </Read>
      {opened && <ChangeDrawer key={opened.id} change={opened} onClose={() => setOpen('')} />}
    </div>
  );
}
