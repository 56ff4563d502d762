import { useDeferredValue, useMemo } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { count, plural } from '../../kit/figures.ts';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { seen } from '../../kit/seen.ts';
import { type Level, State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { useParam, useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import type { Server } from './server.tsx';
import { Withheld } from './withheld.tsx';

type Tool = Answer<'servers.tools'>[number];
type Other = Answer<'servers.prompts'>[number];

const LEVELS: Readonly<Record<Tool['state'], Level>> = { on: 'ok', off: 'off', 'awaits review': 'warn' };
/** About what a definition costs a model; four letters are about a token. */
const tokensOf = (definition: unknown) => Math.round(JSON.stringify(definition ?? {}).length / 4);
const textOf = (definition: unknown) => (definition as { description?: string } | null)?.description ?? '';

const columnsOf = (
  turn: (tool: Tool) => void,
  isBusy: (name: string) => boolean,
): readonly Column<Tool>[] => [
  { title: 'On /mcp', width: '1.4fr', cell: ({ exposed, name }) => <Name>{exposed ?? name}</Name> },
  { title: 'Its own name', width: '1.1fr', isWide: true, cell: ({ name }) => <Name>{name}</Name> },
  {
    title: 'What it says',
    width: '1.8fr',
    isExtra: true,
    cell: ({ definition }) => <Name>{textOf(definition)}</Name>,
  },
  {
    title: 'Tier',
    width: '5.5rem',
    isExtra: true,
    cell: ({ tier }) => <span className={tier === 'destructive' ? 'chip warn' : 'chip'}>{tier}</span>,
  },
  {
    title: 'Tokens',
    width: '4.5rem',
    isNumber: true,
    isWide: true,
    cell: ({ definition }) => count(tokensOf(definition)),
  },
  {
    ...{ title: 'State', width: '8.5rem', small: '0.7fr' },
    cell: ({ state, suspicious }) => (
      <State level={suspicious.length > 0 && state === 'on' ? 'warn' : LEVELS[state]}>
        {suspicious.length > 0 ? `${state}, suspicious` : state}
      </State>
    ),
  },
  {
    ...{ title: '', width: '6.8rem' },
    cell: tool =>
      mayChange && (
        <Button
          action="tool.switch"
          label={`${tool.state === 'on' ? 'Switch off' : 'Switch on'} ${tool.name} for all`}
          isBusy={isBusy(tool.name)}
          onClick={() => turn(tool)}
        >
          {tool.state === 'on' ? 'Off for all' : 'On'}
        </Button>
      ),
  },
];

/** One tool as its server defines it, and what of that is not to be trusted. */
function ToolDrawer({
  tool,
  server,
  onClose,
}: {
  readonly tool: Tool;
  readonly server: Server;
  readonly onClose: () => void;
}) {
  const to = useTo();
  useTitle(tool.exposed ?? tool.name, 'drawer');
  return (
    <Dialog title={tool.exposed ?? tool.name} shape="drawer" onClose={onClose}>
      <p>
        <State level={LEVELS[tool.state]}>{tool.state}</State>{' '}
        {tool.why !== null && <bdi className="soft">{tool.why}</bdi>}
      </p>
      {tool.suspicious.map(({ reason, kind, place, at, excerpt }) => (
        <div key={`${place} ${at} ${kind}`} className="problem">
          <b>
            {reason}: {kind}
          </b>{' '}
          in {place}, at letter {at}
          <pre className="block">
            <Name>{excerpt}</Name>
          </pre>
        </div>
      ))}
      <p>
        <bdi>{seen(textOf(tool.definition))}</bdi>
      </p>
      <pre className="block" tabIndex={0}>
        {seen(JSON.stringify(tool.definition, null, 2))}
      </pre>
      <div className="row">
        <Go
          action="tool.play"
          className="button quiet"
          to={to('/admin/playground', { server: server.name, tool: tool.name })}
        >
          Try it
        </Go>
        <Go
          action="tool.who"
          className="button quiet"
          to={to('/admin/access', { server: server.name, tool: tool.name })}
        >
          Who may call it
        </Go>
        <Go
          action="tool.calls"
          className="button quiet"
          to={to('/admin/activity', { server: server.name, target: tool.name })}
        >
          Its calls
        </Go>
      </div>
    </Dialog>
  );
}

const SHOWN = [
  ['', 'All tools'],
  ['off', 'Off or waiting'],
  ['suspicious', 'Suspicious'],
  ['destructive', 'Destructive'],
] as const;

const isOf: Readonly<Record<string, (tool: Tool) => boolean>> = {
  off: ({ state }) => state !== 'on',
  suspicious: ({ suspicious }) => suspicious.length > 0,
  destructive: ({ tier }) => tier === 'destructive',
};

function Tools({ server, tools }: { readonly server: Server; readonly tools: readonly Tool[] }) {
  const [text, setText] = useParam('q');
  const [only, setOnly] = useParam('only');
  const [open, setOpen] = useParam('open');
  const sought = useDeferredValue(text);
  const turn = useAct('servers.switch-tools', { says: 'It is so for everybody now.' });
  const shown = useMemo(() => {
    const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
    return tools.filter(tool => {
      const about = `${tool.exposed} ${tool.name} ${textOf(tool.definition)}`.toLowerCase();
      return words.every(word => about.includes(word)) && (isOf[only]?.(tool) ?? true);
    });
  }, [tools, sought, only]);
  const waiting = tools.filter(({ state }) => state === 'awaits review').length;
  const params = { id: server.id };
  const opened = tools.find(({ name }) => name === open);
  const isBusy = (name: string) => turn.isPending && turn.variables?.body?.switches?.[name] !== undefined;
  return (
    <section className="stack" aria-label="Tools">
      <div className="row">
        <input
          type="search"
          className="narrow"
          aria-label="Tools that hold"
          placeholder="Search what it offers"
          data-filter
          data-action="offers.search"
          value={text}
          onChange={event => setText(event.target.value, 'within')}
        />
        <Choice
          label="Which tools"
          action="offers.only"
          options={SHOWN}
          now={only as ''}
          onChoose={setOnly}
        />
        <span className="soft">
          {plural(shown.length, 'tool')}, about{' '}
          {count(shown.reduce((sum, { definition }) => sum + tokensOf(definition), 0))} tokens
        </span>
        {waiting > 0 && mayChange && (
          <Button
            action="offers.seen"
            tone="main"
            isBusy={turn.isPending}
            onClick={() => turn.mutate({ params, body: { seen: true } })}
          >
            I have seen these: let {plural(waiting, 'tool')} in
          </Button>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty title={tools.length === 0 ? 'It offers no tools' : 'No tool fits'} />
      ) : (
        <Table
          name="offers"
          columns={columnsOf(
            tool => turn.mutate({ params, body: { switches: { [tool.name]: tool.state !== 'on' } } }),
            isBusy,
          )}
          rows={shown}
          keyOf={({ name }) => name}
          onOpen={({ name }, how) => setOpen(name, how)}
          openKey={opened?.name}
          {...(shown.length > 40 && { height: '60vh' })}
        />
      )}
      {opened && <ToolDrawer tool={opened} server={server} onClose={() => setOpen('')} />}
    </section>
  );
}

function Others({
  title,
  read,
}: {
  readonly title: string;
  readonly read: ReturnType<typeof useRead<'servers.prompts'>>;
}) {
  if (read.data?.length === 0) return null;
  return (
    <details className="panel">
      <summary data-action={`offers.${title.toLowerCase().replaceAll(' ', '-')}`}>
        {title} <span className="soft">{count(read.data?.length)}</span>
      </summary>
      <Read of={read}>
        {(all: readonly Other[]) => (
          <ul className="plain timeline">
            {all.map(({ name, exposed, definition }) => (
              <li key={name}>
                <Name>{exposed ?? name}</Name> <Name>{textOf(definition)}</Name>
                <pre className="block">{seen(JSON.stringify(definition, null, 2))}</pre>
              </li>
            ))}
          </ul>
        )}
      </Read>
    </details>
  );
}

/** What a server offers, under which name, to whom, and whether it is on. */
export function Offers({ server }: { readonly server: Server }) {
  const params = { id: server.id };
  const tools = useRead('servers.tools', { params });
  const prompts = useRead('servers.prompts', { params });
  const resources = useRead('servers.resources', { params });
  const templates = useRead('servers.resource-templates', { params });
  return (
    <div className="stack">
      <Withheld server={server} />
      <Read of={tools} lines={10}>
        {all => <Tools server={server} tools={all} />}
      </Read>
      <Others title="Prompts" read={prompts} />
      <Others title="Resources" read={resources} />
      <Others title="Resource templates" read={templates} />
    </div>
  );
}
