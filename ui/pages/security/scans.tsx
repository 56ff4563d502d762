import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Field, Problem, wrongOf } from '../../kit/field.tsx';
import { Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';

import { Found, OF_STATE, type Scan, ScanDrawer } from './scan-drawer.tsx';

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
