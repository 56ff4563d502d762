import { useLocation } from 'wouter';
import { boot, mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Head, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';
import { Clients } from '../portal/connect.tsx';
import { AddServer } from '../servers/add.tsx';

type Step = Answer<'setup.state'>['steps'][number];

const TITLES: Readonly<Record<Step['id'], string>> = {
  admin: 'Administrator',
  server: 'First server',
  client: 'First client',
  call: 'First call',
};

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol className="plain steps" aria-label="Steps">
      {steps.map(({ id, is_done, says, at }) => (
        <li key={id}>
          <State level={is_done ? 'ok' : 'off'}>{TITLES[id]}</State>{' '}
          {says !== null && (
            <span className="soft">
              <bdi>{says}</bdi> {at !== null && <Ago at={at} />}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** What the person waits for: the client, then its first call. */
function Waiting({ steps }: { readonly steps: readonly Step[] }) {
  const client = steps.find(({ id }) => id === 'client');
  const call = steps.find(({ id }) => id === 'call');
  return (
    <div className="panel" role="status">
      {!client?.is_done && <State level="unknown">Waiting for the first client</State>}
      {client?.is_done && (
        <p>
          <State level="ok">
            <bdi>{client.says}</bdi>
          </State>
        </p>
      )}
      {client?.is_done && !call?.is_done && <State level="unknown">Waiting for the first call</State>}
      {call?.is_done && (
        <p>
          <State level="ok">
            first call: <bdi>{call.says}</bdi>
          </State>
        </p>
      )}
    </div>
  );
}

/** From the administrator, who was just made, to the first call: a server, a client, and what comes of it, live. */
export function Setup() {
  const [, go] = useLocation();
  const [step, setStep] = useParam('step', 'server');
  const read = useRead('setup.state', {}, { everyMs: 2_000 });
  return (
    <Read of={read}>
      {({ steps, is_done }) => {
        const hasServer = steps.some(({ id, is_done: isDone }) => id === 'server' && isDone);
        return (
          <div className="stack">
            <Head
              title={step === 'client' ? 'Connect your client' : 'Put a server behind it'}
              says={
                step === 'client'
                  ? 'One line each; the client signs in by this browser.'
                  : 'Anything that says where it is: a URL, a command, or what another client has in its file.'
              }
            >
              <Go action="setup.skip" className="button quiet" to="/admin">
                {is_done ? 'To the home page' : 'Skip the rest'}
              </Go>
            </Head>
            <Steps steps={steps} />
            {step === 'client' ? (
              <>
                <Waiting steps={steps} />
                <Clients />
                <div className="row end">
                  <Button action="setup.back" onClick={() => setStep('server')}>
                    Back
                  </Button>
                  <Button action="setup.finish" tone="main" isOff={!is_done} onClick={() => go('/admin')}>
                    See it on the home page
                  </Button>
                </div>
              </>
            ) : (
              <>
                {mayChange ? (
                  <AddServer sample={boot.sample} />
                ) : (
                  <p className="panel soft">An administrator adds servers. You see here how far it is.</p>
                )}
                <div className="row end">
                  <Button
                    action="setup.next"
                    tone={hasServer ? 'main' : 'quiet'}
                    onClick={() => setStep('client')}
                  >
                    {hasServer ? 'Next: connect your client' : 'Next, without a server'}
                  </Button>
                </div>
              </>
            )}
          </div>
        );
      }}
    </Read>
  );
}
