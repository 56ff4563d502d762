import { mayChange } from '../../api/boot.ts';
import { useRead } from '../../api/use.ts';
import { Check, Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Lost } from '../../kit/leaving/use-unsaved.ts';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';
import { Found, OF_STATE, type Scan, ScanDrawer } from './scan-drawer.tsx';

/** An earlier scan opens beside what is typed for the next. */
const OTHER_TAB = ['tab'];

/** Begins a look at a server; a token is used for this look, and kept nowhere. */
function Start({ onStarted }: { readonly onStarted: (id: string) => void }) {
  const [asked] = useParam('server');
  const servers = useRead('servers.list', {}).data ?? [];
  const proposed = servers.find(({ name }) => name === asked)?.url ?? '';
  const start = useForm(
    'security-audits.start',
    { url: proposed, token: '', call_tools: false },
    {
      given: ({ url, token, call_tools }) => ({
        body: { url, call_tools, ...(token !== '' && { token }) },
      }),
      onDone: ({ id }) => onStarted(id),
    },
  );
  return (
    <section className="panel">
      <Form action="scan.start" does="Scan it" of={start} isOff={start.values.url === ''}>
        <div className="two">
          <TextField
            label="URL of an MCP server"
            hint="43 checks; no tool that may change something is called."
            action="scan.url"
            {...start.text('url')}
          />
          <TextField
            label="Bearer token (may be left out)"
            hint="Used for this scan alone, and kept nowhere."
            type="password"
            action="scan.token"
            {...start.text('token')}
          />
        </div>
        <Check
          label="Call tools that are not read-only as well"
          action="scan.calls"
          isOn={start.values.call_tools}
          onChange={call_tools => start.set({ call_tools })}
        />
      </Form>
    </section>
  );
}

/** Looks at servers for what is wrong with their security, and what came of earlier looks. */
export function Scans() {
  const [open, setOpen] = useParam('open');
  const read = useRead('security-audits.list', { query: {} }, { everyMs: 2_000 });
  return (
    <div className="stack">
      {mayChange && (
        <Lost value={OTHER_TAB}>
          <Start onStarted={setOpen} />
        </Lost>
      )}
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
              onOpen={({ id }, how) => setOpen(id, how)}
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
