import { useState } from 'react';
import { boot } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Problem } from '../../kit/forms/field.tsx';
import { Choice, Head, Read, Said, Snippet } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParam } from '../../shell/place.ts';

type Client = Answer<'account.clients'>[number];
type Snip = Client['snippets'][number];

const WAYS: Readonly<Record<Snip['way'], string>> = {
  oauth: 'Signs you in by the browser',
  key: 'With an API key, where there is no browser',
  stdio: 'Over a program on this machine',
};

const SHELL_TOKEN = '$TOKEN';

/** One way to connect; a link is a button, everything else is copied. */
function SnippetView({ snippet, token }: { readonly snippet: Snip; readonly token: string | undefined }) {
  const { way, kind, where, text } = snippet;
  const filled = token === undefined ? text : text.replaceAll(SHELL_TOKEN, token);
  return (
    <div className="stack">
      <p>
        <b>{WAYS[way]}</b>{' '}
        <span className="soft">
          <Said>{where}</Said>
        </span>
      </p>
      {kind === 'link' ? (
        <p>
          <a className="button main" data-action="connect.link" href={text}>
            Open it there
          </a>
        </p>
      ) : (
        <Snippet text={filled} action="connect.copy" />
      )}
    </div>
  );
}

/** A key is made at once for whoever needs one, and stands in the lines until the page is left. */
function KeyMaker({
  onKey,
  token,
}: {
  readonly onKey: (key: string) => void;
  readonly token: string | undefined;
}) {
  const make = useAct('account.create-key', { isQuiet: true, onDone: ({ key }) => onKey(key) });
  if (token !== undefined)
    return <p className="soft">The new key stands in the lines above. It is shown this once.</p>;
  return (
    <div>
      <Button
        action="connect.make-key"
        isBusy={make.isPending}
        onClick={() =>
          make.mutate({ body: { name: `from the connect page ${new Date().toISOString().slice(0, 16)}` } })
        }
      >
        Make a key and put it in
      </Button>
      <Problem refused={make.error} />
    </div>
  );
}

/** Whether a client of this person was seen: by a request that came while the page was open. */
function Seen() {
  const opened = useState(() => Date.now())[0];
  const apps = useRead('account.consents', {}, { everyMs: 3_000 }).data ?? [];
  const keys = useRead('account.keys', {}, { everyMs: 3_000 }).data ?? [];
  const all = [...apps, ...keys.map(({ name, last_used_at }) => ({ name, used_at: last_used_at ?? '' }))];
  const [latest] = all.sort((a, b) => b.used_at.localeCompare(a.used_at));
  const isNew = latest !== undefined && Date.parse(latest.used_at) >= opened - 5_000;
  return (
    <p role="status">
      {isNew ? (
        <State level="ok">
          <bdi>{latest.name}</bdi> seen <Ago at={latest.used_at} />
        </State>
      ) : (
        <State level="unknown">Waiting for your client</State>
      )}
    </p>
  );
}

/** How each client is connected: one line to copy, or one button. */
export function Clients() {
  const [server, setServer] = useParam('server');
  const [chosen, setChosen] = useParam('client', 'claude-code');
  const [token, setToken] = useState<string>();
  const reach = useRead('account.servers', {}).data;
  const read = useRead('account.clients', { query: server === '' ? {} : { server } });
  const options = [
    ['', 'All your servers'] as const,
    ...(reach?.servers ?? []).map(one => [one.name, one.name] as const),
  ];
  return (
    <Read of={read} lines={8}>
      {clients => {
        const client = clients.find(({ id }) => id === chosen) ?? clients[0];
        if (!client) return null;
        return (
          <div className="connect">
            <nav className="client-list" aria-label="Clients">
              {clients.map(({ id, title, is_possible }) => (
                <button
                  key={id}
                  type="button"
                  data-action="connect.client"
                  aria-current={id === client.id ? 'true' : undefined}
                  className={is_possible ? '' : 'soft'}
                  onClick={() => setChosen(id)}
                >
                  {title}
                </button>
              ))}
            </nav>
            <section className="panel stack" aria-label={client.title}>
              <div className="row apart">
                <h2>{client.title}</h2>
                <Choice
                  label="For which servers"
                  action="connect.server"
                  options={options}
                  now={server}
                  onChoose={setServer}
                />
              </div>
              {client.is_possible ? (
                <>
                  {client.snippets.map(snippet => (
                    <SnippetView key={`${snippet.way} ${snippet.where}`} snippet={snippet} token={token} />
                  ))}
                  {client.snippets.some(({ text }) => text.includes(SHELL_TOKEN)) && (
                    <KeyMaker token={token} onKey={setToken} />
                  )}
                  <p className="soft">
                    <Said>{client.sees}</Said>
                  </p>
                  <Seen />
                </>
              ) : (
                <p>
                  {client.title} calls from its maker’s own cloud, which has to reach this gateway: it needs a
                  public https address.{' '}
                  {boot.isPrivate ? 'This gateway can be reached from this machine alone.' : ''}
                </p>
              )}
            </section>
          </div>
        );
      }}
    </Read>
  );
}

export function Connect() {
  return (
    <>
      <Head
        title="Connect a client"
        says="Choose what you use; each way signs it in as you, with what you may use."
      >
        <Go action="connect.keys" className="button quiet" to="/account">
          Your keys and sign-ins
        </Go>
      </Head>
      <Clients />
    </>
  );
}
