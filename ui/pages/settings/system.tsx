import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { bytes } from '../../kit/figures.ts';
import { Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';

type Shown = Answer<'system.show'>;

const LITTLE = 0.1;

function Disk({ disk }: { readonly disk: Shown['disk'] }) {
  if (!disk) return <>–</>;
  const isLittle = disk.free_bytes < disk.total_bytes * LITTLE;
  return (
    <State level={isLittle ? 'warn' : 'ok'}>
      {bytes(disk.free_bytes)} free of {bytes(disk.total_bytes)}
    </State>
  );
}

const keys: readonly Column<Shown['signing_keys'][number]>[] = [
  { title: 'Key', width: '2fr', cell: ({ kid }) => <code>{kid}</code> },
  { title: 'Algorithm', width: '6rem', isExtra: true, cell: ({ algorithm }) => algorithm },
  {
    ...{ title: 'State', width: '7rem' },
    cell: ({ state }) => <State level={state === 'current' ? 'ok' : 'off'}>{state}</State>,
  },
  { title: 'Made', width: '7rem', cell: ({ created_at }) => <Ago at={created_at} /> },
];

const files: readonly Column<Shown['files'][number]>[] = [
  { title: 'File', width: '2fr', cell: ({ name }) => <code>{name}</code> },
  { title: 'Size', width: '7rem', isNumber: true, cell: ({ bytes: size }) => bytes(size) },
];

/** What runs here, by which keys, and how much room there is. */
export function System() {
  const system = useRead('system.show', {}, { everyMs: 15_000 });
  return (
    <Read of={system}>
      {found => (
        <div className="stack">
          <div className="two">
            <section className="panel">
              <h2>What runs</h2>
              <dl className="facts">
                <dt>Version</dt>
                <dd>
                  {found.version} {found.commit && <code>{found.commit.slice(0, 12)}</code>}
                </dd>
                <dt>Started</dt>
                <dd>
                  <Ago at={found.started_at} />
                </dd>
                <dt>Node</dt>
                <dd>
                  {found.node} on {found.platform}
                </dd>
                <dt>Memory</dt>
                <dd>{bytes(found.memory_bytes)}</dd>
                <dt>Mode</dt>
                <dd>
                  {found.mode === 'local' ? 'local: on the names of this machine' : 'served: for others'}
                </dd>
                <dt>Address</dt>
                <dd>
                  <code>{found.origin}</code>
                </dd>
              </dl>
            </section>
            <section className="panel">
              <h2>Where it rests</h2>
              <dl className="facts">
                <dt>Database</dt>
                <dd>{found.database === 'sqlite' ? 'SQLite, embedded' : 'PostgreSQL'}</dd>
                <dt>Folder</dt>
                <dd>
                  <code>{found.data_dir}</code>
                </dd>
                <dt>Disk</dt>
                <dd>
                  <Disk disk={found.disk} />
                </dd>
                <dt>Configuration</dt>
                <dd>
                  <code>{found.config_file}</code>
                </dd>
                <dt>Data keys</dt>
                <dd>
                  <State level={found.data_keys.unreadable > 0 ? 'bad' : 'ok'}>
                    {found.data_keys.count}
                    {found.data_keys.unreadable > 0 &&
                      `, ${found.data_keys.unreadable} that the master key does not open`}
                  </State>
                </dd>
              </dl>
            </section>
          </div>
          <h2>Keys that sign tokens</h2>
          {found.signing_keys.length === 0 ? (
            <p className="soft">There is no key yet: one is made for the first token.</p>
          ) : (
            <Table name="signing-keys" columns={keys} rows={found.signing_keys} keyOf={({ kid }) => kid} />
          )}
          <h2>Files</h2>
          <Table name="files" columns={files} rows={found.files} keyOf={({ name }) => name} />
        </div>
      )}
    </Read>
  );
}
