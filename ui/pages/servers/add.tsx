import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { call, Refused } from '../../api/client.ts';
import { useAct } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Field, Problem, wrongOf } from '../../kit/field.tsx';
import { plural } from '../../kit/figures.ts';
import { Name } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';

type Server = Answer<'servers.create'>;
type Understood = Answer<'servers.import'>;
type Tested = Answer<'servers.test'>;

const EXAMPLES =
  'https://mcp.example.com/mcp\nnpx -y @modelcontextprotocol/server-everything\n{ "mcpServers": { ... } }\nclaude mcp add --transport http home http://...';
const PAUSE_MS = 350;

/** What will be added, before it is. */
function Preview({ understood }: { readonly understood: Understood }) {
  const { added, refused, warnings } = understood;
  return (
    <ul className="plain ticks">
      {added.map(({ id, name, type, url, command, auth, env_names, header_names }) => (
        <li key={id || name}>
          <State level="ok" />
          <span>
            <Name>{name}</Name>{' '}
            <span className="soft">
              <bdi>{url ?? command?.join(' ')}</bdi>
              {type === 'sse' && ', the older transport'}
              {auth.kind !== 'none' && `, with ${auth.kind}`}
              {header_names.length > 0 && `, with the headers ${header_names.join(', ')}`}
              {env_names.length > 0 && `, with ${env_names.join(', ')}`}
            </span>
          </span>
        </li>
      ))}
      {refused.map(({ name, field, message }) => (
        <li key={name}>
          <State level="bad" />
          <span>
            <Name>{name}</Name> <bdi className="bad-text">{message.replace(`${field}: `, '')}</bdi>
          </span>
        </li>
      ))}
      {warnings.map(text => (
        <li key={text}>
          <State level="warn" />
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
}

type Tick = { readonly level: 'ok' | 'bad' | 'off' | 'unknown'; readonly says: string };

/** What was asked, in the order in which it is asked: the first that fails says why, and the rest was not asked. */
function ticksOf(server: Server, tested: Tested): readonly Tick[] {
  const { status, protocols, error, tools_count: tools, prompts, resources } = tested;
  const isReached = status !== 'offline';
  const speaks = protocols.length > 0;
  const needsLogin = status === 'reachable' || /401|credential|sign|login|account/i.test(error ?? '');
  const rest: Tick = { level: 'unknown', says: '' };
  const reached: Tick = isReached
    ? {
        level: 'ok',
        says: `reached ${server.url ?? 'its program'} in ${Math.round(tested.response_time_ms)} ms`,
      }
    : { level: 'bad', says: error ?? 'it cannot be reached' };
  if (!isReached)
    return [
      reached,
      { ...rest, says: 'speaks MCP' },
      { ...rest, says: 'login' },
      { ...rest, says: 'what it offers' },
    ];
  const login: Tick = needsLogin
    ? {
        level: 'bad',
        says: error ?? 'wants a login: give it a credential, or let each person connect an account',
      }
    : {
        level: 'ok',
        says: server.auth.kind === 'none' ? 'needs no login' : `takes its ${server.auth.kind} credential`,
      };
  return [
    reached,
    speaks ? { level: 'ok', says: `speaks MCP ${protocols.join(' and ')}` } : { ...rest, says: 'speaks MCP' },
    login,
    needsLogin
      ? { ...rest, says: 'what it offers' }
      : {
          level: 'ok',
          says: `${plural(tools, 'tool')}, ${plural(prompts.length, 'prompt')}, ${plural(resources.length, 'resource')}`,
        },
    {
      level: 'ok',
      says: `added as ${server.name}${server.tool_prefix ? `, its tools as ${server.tool_prefix}...` : ''}`,
    },
  ];
}

/** One server that was added: asked at once, tick by tick. */
function Added({ server, onTested }: { readonly server: Server; readonly onTested: () => void }) {
  const [tested, setTested] = useState<Tested>();
  const [failed, setFailed] = useState<string>();
  const [round, setRound] = useState(0);
  const done = useRef(onTested);
  done.current = onTested;
  useEffect(() => {
    setTested(undefined);
    setFailed(undefined);
    call('servers.test', { params: { id: server.id } }).then(
      answer => {
        setTested(answer);
        done.current();
      },
      (thrown: Error) => setFailed(thrown.message),
    );
  }, [server.id, round]);
  return (
    <div className="panel">
      <div className="row apart">
        <h2>
          <Name>{server.name}</Name>
        </h2>
        <Button action="server.ask-again" isBusy={!tested && !failed} onClick={() => setRound(round + 1)}>
          Ask again
        </Button>
      </div>
      {failed && <p className="problem">{failed}</p>}
      <ul className="plain ticks" aria-live="polite">
        {(tested ? ticksOf(server, tested) : [{ level: 'unknown', says: 'Asking it' } as Tick]).map(
          ({ level, says }) => (
            <li key={says}>
              <State level={level} />
              <bdi className={level === 'unknown' ? 'soft' : ''}>{says}</bdi>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

/** What the gateway understands of a text, while it is typed. */
function useUnderstood(
  text: string,
  name: string,
): { readonly understood: Understood | undefined; readonly wrong: string | undefined } {
  const [now, setNow] = useState<{ understood: Understood | undefined; wrong: string | undefined }>({
    understood: undefined,
    wrong: undefined,
  });
  useEffect(() => {
    if (text.trim() === '') return setNow({ understood: undefined, wrong: undefined });
    const aborted = new AbortController();
    const timer = setTimeout(() => {
      const body = { text, preview: true, ...(name !== '' && { name }) };
      call('servers.import', { body }, aborted.signal).then(
        understood => setNow({ understood, wrong: undefined }),
        (thrown: unknown) => {
          if (thrown instanceof Refused)
            setNow({ understood: undefined, wrong: thrown.message.replace(/^(text|name): /, 'The text ') });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [text, name]);
  return now;
}

type AddProps = {
  /** A command that runs the sample server; nothing where none can be run. */
  readonly sample?: string | undefined;
  /** Servers were added, and answered. */
  readonly onDone?: ((servers: readonly Server[]) => void) | undefined;
};

/** One box for anything: a URL, a command, a pasted configuration. It says what it understood, then asks each server. */
export function AddServer({ onDone, sample }: AddProps) {
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [added, setAdded] = useState<readonly Server[]>([]);
  const { understood, wrong } = useUnderstood(text, name);
  const add = useAct('servers.import', {
    touches: ['servers', 'setup'],
    isQuiet: true,
    onDone: answer => {
      const warnings = answer.warnings;
      setAdded(answer.added.map(one => ({ ...one, warnings })));
      if (answer.refused.length === 0 && answer.added.length > 0) setText('');
    },
  });
  const isOne =
    understood?.added.length === 1 || (understood?.refused.length === 1 && understood.added.length === 0);
  const send = () => add.mutate({ body: { text, ...(name !== '' && { name }) } });
  return (
    <div className="stack">
      <form
        onSubmit={event => {
          event.preventDefault();
          if (understood && understood.added.length > 0) send();
        }}
      >
        <Field
          label="A URL, a command, or a configuration of a client"
          hint="What is pasted stays here until it is added."
          wrong={text === '' ? undefined : wrong}
        >
          <textarea
            className="code"
            data-action="server.paste"
            rows={5}
            spellCheck={false}
            placeholder={EXAMPLES}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </Field>
        {understood && <Preview understood={understood} />}
        {isOne && (
          <Field
            label="Its name here"
            hint="Small letters, digits and hyphens; its tools begin with it."
            wrong={wrongOf(add.error, 'name')}
          >
            <input
              data-action="server.name"
              placeholder={understood?.added[0]?.name ?? understood?.refused[0]?.name}
              value={name}
              onChange={event => setName(event.target.value)}
            />
          </Field>
        )}
        <Problem refused={add.error} fields={['name']} />
        <div className="row end">
          {sample !== undefined && (
            <Button
              action="setup.sample"
              onClick={() => {
                setText(sample);
                setName('sample');
              }}
            >
              Use the sample server
            </Button>
          )}
          <Button
            action="server.add"
            tone="main"
            isSubmit
            isBusy={add.isPending}
            isOff={!understood || understood.added.length === 0}
          >
            {understood && understood.added.length > 1 ? `Add ${understood.added.length} servers` : 'Add'}
          </Button>
        </div>
      </form>
      {added.map(server => (
        <Added key={server.id} server={server} onTested={() => onDone?.(added)} />
      ))}
    </div>
  );
}
