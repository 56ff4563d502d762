import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Choice, Empty, Head, Name, Skeleton, Tabs } from '../../kit/parts.tsx';
import { useParam, useParams } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { Call } from './call.tsx';
import { Ladder } from './ladder.tsx';
import { Questions } from './questions.tsx';
import { KINDS, type Kind, type Thing, useThings, useWire } from './things.ts';
import type { Era } from './wire.ts';

const ERAS = [
  ['modern', '2026-07-28'],
  ['legacy', '2025-11-25'],
] as const;

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
  const [tool] = useParam('tool');
  const [replay, setReplay] = useParam('replay');
  const [, setParams] = useParams();
  const [era, setEra] = useParam('play-era', 'modern');
  const reach = useRead('account.servers', {}).data;
  const place = reach?.servers.find(({ name }) => name === server);
  // The page is of this origin, and so is what it asks.
  const url = `${location.origin}${server === '' ? '/mcp' : `/mcp/${server}`}`;
  const known: Kind = kind in KINDS ? (kind as Kind) : 'tools';
  const { wire, asked, ask, said, clear } = useWire(url, era as Era);
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
  const questions = asked && <Questions key={String(asked.question.id)} asked={asked} />;
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
            <Catalogue things={things} now={tool} onChoose={name => setParams({ tool: name, replay: '' })} />
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
              ask={ask}
              questions={questions}
              isReplay={replay !== ''}
              onReplayed={() => setReplay('', 'within')}
              url={url}
              era={era as Era}
            />
          ) : (
            <>
              {questions}
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
            </>
          )}
        </div>
        <Ladder said={said} onClear={clear} />
      </div>
    </>
  );
}
