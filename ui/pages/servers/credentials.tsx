import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Confirm } from '../../kit/dialog.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useArrival } from '../../shell/arrival.ts';
import type { Server } from './server.tsx';
import { Refreshes } from './tokens.tsx';

const KINDS = [
  ['bearer', 'Bearer token'],
  ['basic', 'User and password'],
  ['header', 'A header'],
  ['none', 'None'],
] as const;
type Kind = (typeof KINDS)[number][0];

type Typed = { readonly kind: Kind; readonly name: string; readonly secret: string };

function authOf({ kind, name, secret }: Typed) {
  if (kind === 'bearer') return { bearer: secret };
  if (kind === 'basic') return { basic: { user: name, password: secret } };
  return kind === 'header' ? { headers: { [name]: secret } } : { none: true as const };
}

const SECRETS: Readonly<Record<Kind, string>> = {
  bearer: 'Token',
  basic: 'Password',
  header: 'Value',
  none: '',
};

/** Another credential: what is written here is never shown again. */
function Replace({ server }: { readonly server: Server }) {
  const start: Typed = { kind: 'bearer', name: '', secret: '' };
  const replace = useForm('servers.update', start, {
    says: 'The server is spoken to with the new credential.',
    given: typed => ({ params: { id: server.id }, body: { auth: authOf(typed) } }),
    clears: true,
  });
  const { kind, secret } = replace.values;
  const wrong = kind === 'none' ? undefined : replace.wrong('auth');
  // The one field of it says what is wrong; not one of them is called `auth`.
  const of = { ...replace, problem: wrong === undefined ? replace.problem : null };
  return (
    <section className="panel">
      <h2>Replace it</h2>
      <Form action="credential.replace" does="Replace" of={of} isOff={kind !== 'none' && secret === ''}>
        <p className="row">
          <Choice
            label="Kind of credential"
            action="credential.kind"
            options={KINDS}
            {...replace.choice('kind')}
          />
        </p>
        {(kind === 'basic' || kind === 'header') && (
          <TextField
            label={kind === 'basic' ? 'User' : 'Name of the header'}
            action="credential.name"
            {...replace.text('name')}
          />
        )}
        {kind !== 'none' && (
          <TextField
            label={SECRETS[kind]}
            hint="Sealed when it is kept; nobody sees it again."
            type="password"
            action="credential.secret"
            {...replace.text('secret')}
            wrong={wrong}
          />
        )}
      </Form>
    </section>
  );
}

type Account = Answer<'servers.connections'>[number];

function Accounts({ server }: { readonly server: Server }) {
  const [removing, setRemoving] = useState<Account>();
  const read = useRead('servers.connections', { params: { id: server.id } }, { everyMs: 15_000 });
  const remove = useAct('servers.remove-connection', {
    says: 'The account is forgotten, and its tokens given back.',
    onDone: () => setRemoving(undefined),
  });
  useArrival(name => name === server.name && (read.data ?? []).some(({ state }) => state === 'connected'));
  const connect = useAct('servers.connect', { onDone: ({ url }) => location.assign(url) });
  const refresh = useAct('servers.refresh-token', { says: 'It has new tokens.' });
  const isShared =
    useRead('servers.token-status', { params: { id: server.id } }).data?.oauth?.per === 'gateway';
  return (
    <section className="stack" aria-label="Accounts">
      <div className="row apart">
        <h2>{isShared ? 'The account of the gateway' : 'Accounts that people connected'}</h2>
        {isShared && mayChange && (
          <span className="row">
            <Button
              action="account.connect"
              isBusy={connect.isPending}
              onClick={() => connect.mutate({ params: { id: server.id } })}
            >
              Connect
            </Button>
            <Button
              action="account.refresh"
              isBusy={refresh.isPending}
              onClick={() => refresh.mutate({ params: { id: server.id } })}
            >
              Refresh now
            </Button>
          </span>
        )}
      </div>
      <Read of={read}>
        {accounts =>
          accounts.length === 0 ? (
            <Empty title="No account yet">
              <p className="soft">
                {isShared
                  ? 'Connect it once, for everybody.'
                  : 'Each person connects their own, from their account page or in the middle of a call.'}
              </p>
            </Empty>
          ) : (
            <Table<Account>
              name="accounts"
              rows={accounts}
              keyOf={({ user_id }) => user_id}
              columns={[
                {
                  title: 'Whose',
                  cell: ({ username }) => (username === null ? 'the gateway’s' : <Name>{username}</Name>),
                },
                {
                  title: 'State',
                  cell: ({ state }) => (
                    <State level={state === 'connected' ? 'ok' : state === 'ended' ? 'bad' : 'off'}>
                      {state === 'never' ? 'not connected' : state}
                    </State>
                  ),
                },
                { title: 'Since', isExtra: true, cell: ({ since }) => <Ago at={since} /> },
                { title: 'Refreshed', isExtra: true, cell: ({ refreshed }) => <Ago at={refreshed} /> },
                { title: 'Ends', cell: ({ expires }) => <Ago at={expires} /> },
                {
                  title: '',
                  width: '6.5rem',
                  cell: account =>
                    mayChange && (
                      <Button action="account.remove-ask" tone="danger" onClick={() => setRemoving(account)}>
                        Forget
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Read>
      {removing && (
        <Confirm
          action="account.remove"
          title="Forget this account?"
          does="Forget it"
          isBusy={remove.isPending}
          onDo={() => remove.mutate({ params: { id: server.id, user: removing.user_id } })}
          onClose={() => setRemoving(undefined)}
        >
          <p>Its tokens are given back to the server. The next call asks to connect again.</p>
        </Confirm>
      )}
    </section>
  );
}

/** With which credential the gateway knocks at this server. */
export function Credentials({ server }: { readonly server: Server }) {
  const { auth, source, header_names } = server;
  const isOAuth = auth.kind.includes('oauth');
  return (
    <div className="stack">
      <dl className="facts panel">
        <dt>Kind</dt>
        <dd>{auth.kind}</dd>
        <dt>Looks like</dt>
        <dd className="mono">{auth.hint ?? '–'}</dd>
        <dt>Headers</dt>
        <dd className="mono">{header_names.join(', ') || '–'}</dd>
        <dt>Ends</dt>
        <dd>
          <Ago at={auth.expires_at} />
        </dd>
      </dl>
      {isOAuth && <Accounts server={server} />}
      {mayChange && source === 'store' && <Replace server={server} />}
      {source === 'file' && (
        <p className="soft">This server stands in the configuration file; its credential is set there.</p>
      )}
      {isOAuth && <Refreshes serverId={server.id} />}
    </div>
  );
}
