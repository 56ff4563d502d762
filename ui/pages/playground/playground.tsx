import { useRef, useState } from 'react';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { useUnsaved } from '../../kit/leaving/use-unsaved.ts';
import { Choice, Empty, Head, Name, Skeleton, Tabs } from '../../kit/parts.tsx';
import { seen } from '../../kit/seen.ts';
import { useParam } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { type Schema, SchemaForm } from './form.tsx';
import { Ladder } from './ladder.tsx';
import { Outcome } from './outcome.tsx';
import { type Asked, Questions } from './questions.tsx';
import { KINDS, type Kind, type Thing, useThings, useWire } from './things.ts';
import type { Era, Json, Wire } from './wire.ts';

const ERAS = [
  ['modern', '2026-07-28'],
  ['legacy', '2025-11-25'],
] as const;

const schemaOf = (thing: Thing): Schema =>
  thing.inputSchema ?? {
    type: 'object',
    properties: Object.fromEntries(
      (thing.arguments ?? []).map(({ name, description }) => [
        name,
        { type: 'string', ...(description && { description }) },
      ]),
    ),
    required: (thing.arguments ?? []).filter(({ required }) => required).map(({ name }) => name),
  };

type RunState = {
  readonly isBusy: boolean;
  readonly answer: Json | undefined;
  readonly wrong: string | undefined;
  readonly tookMs: number;
};
const IDLE: RunState = { isBusy: false, answer: undefined, wrong: undefined, tookMs: 0 };

type CallProps = {
  readonly thing: Thing;
  readonly kind: Kind;
  readonly wire: Wire;
  readonly url: string;
  readonly era: Era;
};

/** The form of one thing, its call, what is asked back and what came of it. */
function Call({ thing, kind, wire, url, era }: CallProps) {
  const [value, setValue] = useState<Json | undefined>({});
  const [raw, setRaw] = useState<string>();
  const [typed, setTyped] = useState<string>();
  const used = useUnsaved(typed);
  const [run, setRun] = useState(IDLE);
  const [asked, setAsked] = useState<Asked>();
  const abort = useRef<AbortController>(undefined);
  const writes = thing.annotations?.readOnlyHint !== true && kind === 'tools';
  let rawValue: Json | undefined;
  try {
    rawValue = raw === undefined ? undefined : (JSON.parse(raw) as Json);
  } catch {
    rawValue = undefined;
  }
  const given = raw === undefined ? value : rawValue;
  const params: Json =
    thing.uri !== undefined ? { uri: thing.uri } : { name: thing.name, arguments: given ?? {} };
  const start = async () => {
    const began = performance.now();
    used(typed);
    abort.current = new AbortController();
    setRun({ ...IDLE, isBusy: true });
    try {
      const answer = await wire.request(
        KINDS[kind].use,
        params,
        question => new Promise(resolve => setAsked({ question, resolve })),
        abort.current.signal,
      );
      setRun({ ...IDLE, answer, tookMs: performance.now() - began });
    } catch (thrown) {
      setRun({
        ...IDLE,
        wrong: abort.current.signal.aborted ? 'It was stopped.' : String((thrown as Error).message),
        tookMs: performance.now() - began,
      });
    }
    setAsked(undefined);
  };
  return (
    <>
      <section className="panel stack" aria-label="The call">
        <h2>
          <Name>{thing.name}</Name> {writes && <span className="chip warn">may change something</span>}
        </h2>
        {thing.description && (
          <p className="soft">
            <bdi>{seen(thing.description)}</bdi>
          </p>
        )}
        <form
          onSubmit={event => {
            event.preventDefault();
            if (given !== undefined && !run.isBusy) void start();
          }}
        >
          {raw === undefined ? (
            <SchemaForm schema={schemaOf(thing)} start={{}} onValue={setValue} onTyped={setTyped} />
          ) : (
            <textarea
              className="code"
              aria-label="Arguments as JSON"
              data-action="play.raw"
              rows={8}
              spellCheck={false}
              value={raw}
              onChange={event => {
                setRaw(event.target.value);
                setTyped(event.target.value);
              }}
            />
          )}
          <div className="row end">
            {thing.uri === undefined && (
              <Button
                action="play.as-json"
                tone="link"
                onClick={() => setRaw(raw === undefined ? JSON.stringify(value ?? {}, null, 2) : undefined)}
              >
                {raw === undefined ? 'Write it as JSON' : 'Fill in the form'}
              </Button>
            )}
            {run.isBusy && (
              <Button action="play.stop" tone="danger" onClick={() => abort.current?.abort()}>
                Stop
              </Button>
            )}
            <Button action="play.call" tone="main" isSubmit isBusy={run.isBusy} isOff={given === undefined}>
              {kind === 'tools' ? 'Call' : kind === 'resources' ? 'Read' : 'Get'}
            </Button>
          </div>
        </form>
      </section>
      {asked && <Questions asked={asked} onDone={() => setAsked(undefined)} />}
      <Outcome run={run} method={KINDS[kind].use} params={params} url={url} era={era} />
    </>
  );
}

function Catalogue({
  things,
  now,
  onChoose,
}: {
  readonly things: readonly Thing[];
  readonly now: string;
  readonly onChoose: (name: string) => void;
}) {
  const [text, setText] = useParam('find');
  const shown = things.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(text.toLowerCase()),
  );
  return (
    <>
      <input
        type="search"
        aria-label="Things that hold"
        placeholder={`Search ${plural(things.length, 'entry', 'entries')}`}
        data-filter
        data-action="play.search"
        value={text}
        onChange={event => setText(event.target.value, 'within')}
      />
      <ul className="plain client-list">
        {shown.slice(0, 300).map(({ name, uri }) => (
          <li key={uri ?? name}>
            <button
              type="button"
              data-action="play.choose"
              aria-current={(uri ?? name) === now ? 'true' : undefined}
              onClick={() => onChoose(uri ?? name)}
            >
              <Name>{name}</Name>
            </button>
          </li>
        ))}
      </ul>
      {shown.length > 300 && <p className="soft">and {shown.length - 300} more: search for them.</p>}
    </>
  );
}

/** An address may name a server that there is not, or that is not for this person: which of both is nobody’s business. */
function NoServer({ name, onAll }: { readonly name: string; readonly onAll: () => void }) {
  return (
    <>
      <Head title="Playground" />
      <Empty title="There is no such server, or you may not use it">
        <p className="soft">
          Nothing named <Name>{name}</Name> is among the servers that you may use. An administrator sees under
          Access why.
        </p>
        <Button action="play.all" tone="main" onClick={onAll}>
          All your servers
        </Button>
      </Empty>
    </>
  );
}

/** An MCP client of one’s own, as oneself: what can be used, used by hand, with everything that passes on the wire. */
export function Playground() {
  const [server, setServer] = useParam('server');
  const [kind, setKind] = useParam('kind', 'tools');
  const [tool, setTool] = useParam('tool');
  const [era, setEra] = useParam('play-era', 'modern');
  const reach = useRead('account.servers', {}).data;
  const place = reach?.servers.find(({ name }) => name === server);
  // The page is of this origin, and so is what it asks.
  const url = `${location.origin}${server === '' ? '/mcp' : `/mcp/${server}`}`;
  const known: Kind = kind in KINDS ? (kind as Kind) : 'tools';
  const { wire, said, clear } = useWire(url, era as Era);
  const { things, wrong } = useThings(wire, known);
  const chosen = things?.find(
    ({ name, uri }) => (uri ?? name) === tool || name === tool || name.endsWith(`_${tool}`),
  );
  useTitle(chosen?.name);
  const options = [
    ['', 'All your servers'] as const,
    ...(reach?.servers ?? []).map(one => [one.name, one.name] as const),
  ];
  if (server !== '' && reach && !place) return <NoServer name={server} onAll={() => setServer('')} />;
  return (
    <>
      <Head
        title="Playground"
        says={`You as a client of ${place ? place.name : 'all your servers'}, at ${url}`}
      >
        <Choice label="Endpoint" action="play.endpoint" options={options} now={server} onChoose={setServer} />
        <Choice label="Era" action="play.era" options={ERAS} now={era as Era} onChoose={setEra} />
      </Head>
      <Tabs
        name="play-kind"
        tabs={Object.entries(KINDS).map(([id, { title }]) => ({ id, title }))}
        now={known}
        onGo={id => setKind(id)}
      />
      <div className="play">
        <aside className="stack" aria-label="What you may use">
          {wrong !== undefined ? (
            <p className="problem">{wrong}</p>
          ) : things ? (
            <Catalogue things={things} now={tool} onChoose={setTool} />
          ) : (
            <Skeleton lines={8} />
          )}
        </aside>
        <div className="stack">
          {chosen && wire ? (
            <Call
              key={`${url} ${era} ${chosen.uri ?? chosen.name}`}
              thing={chosen}
              kind={known}
              wire={wire}
              url={url}
              era={era as Era}
            />
          ) : (
            <Empty
              title={
                things?.length === 0 ? 'Nothing of this kind may be used here' : 'Choose something to use'
              }
            >
              <p className="soft">
                A form is made of its schema. It is called as you, by the same way as any client, and stands
                in the activity.
              </p>
            </Empty>
          )}
        </div>
        <Ladder said={said} onClear={clear} />
      </div>
    </>
  );
}
