import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { count } from '../../kit/figures.ts';
import { Choice, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { useTo } from '../../shell/place.ts';

type Setting = Answer<'settings.list'>['settings'][number];

const ACTS = [
  ['off', 'Off'],
  ['log', 'Log'],
  ['block', 'Block'],
] as const;
type Act = (typeof ACTS)[number][0];

const nameOf = (key: string) => key.replace('detectors.', '');
/** What is found in a payload is one type of event, whatever found it. */
const IN_PAYLOADS = [
  'control_characters',
  'path_traversal',
  'command_injection',
  'template_injection',
  'secrets',
  'oversize',
];

/** A text is shown to the detectors of payloads; nothing of it is kept. */
function Try() {
  const [text, setText] = useState('');
  const run = useAct('detectors.try', { isQuiet: true });
  return (
    <form
      className="panel stack"
      onSubmit={event => {
        event.preventDefault();
        run.mutate({ body: { text } });
      }}
    >
      <h2>Try a text</h2>
      <textarea
        className="code"
        aria-label="A text that an argument could hold"
        data-action="detectors.text"
        rows={3}
        spellCheck={false}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <div className="row">
        <Button action="detectors.try" isSubmit isBusy={run.isPending} isOff={text === ''}>
          What would be found?
        </Button>
        <span role="status">
          {run.error && <bdi className="bad-text">{run.error.message}</bdi>}
          {run.data?.length === 0 && <State level="ok">Nothing</State>}
          {run.data?.map(({ detector, kind, at }) => (
            <State key={`${detector} ${kind}`} level="warn">
              {detector.replaceAll('_', ' ')}: {kind}, at letter {at}
            </State>
          ))}
        </span>
      </div>
    </form>
  );
}

/** What looks for what, what it found in seven days, and what happens then. */
export function Detectors() {
  const to = useTo();
  const read = useRead('settings.list', {});
  const events = useRead('security-events.list', { query: { last_hours: '168', limit: '9999' } }).data ?? [];
  const set = useAct('settings.update', {
    says: 'It is so from the next request on.',
    touches: ['settings'],
  });
  const hits = (key: string) => {
    const name = nameOf(key);
    const of = IN_PAYLOADS.includes(name)
      ? events.filter(
          ({ event_type, details }) =>
            event_type === 'suspicious_payload' &&
            (details as { flags?: readonly string[] } | null)?.flags?.includes(name),
        )
      : events.filter(({ event_type }) => event_type === name);
    return of.reduce((sum, { count: many }) => sum + many, 0);
  };
  return (
    <div className="stack">
      <Read of={read} lines={10}>
        {({ settings }) => (
          <Table<Setting>
            name="detectors"
            rows={settings.filter(
              ({ key, value }) => key.startsWith('detectors.') && ACTS.some(([act]) => act === value),
            )}
            keyOf={({ key }) => key}
            columns={[
              { title: 'Detector', width: '1.1fr', cell: ({ key }) => nameOf(key).replaceAll('_', ' ') },
              {
                title: 'What it looks for',
                width: '3fr',
                isExtra: true,
                cell: ({ about }) => <Name>{about.replaceAll('`', '')}</Name>,
              },
              {
                ...{ title: 'In 7 days', width: '5rem', isNumber: true },
                cell: ({ key }) => (
                  <Go
                    action="detectors.hits"
                    to={to('/admin/security', {
                      type: IN_PAYLOADS.includes(nameOf(key)) ? 'suspicious_payload' : nameOf(key),
                      window: '7d',
                    })}
                  >
                    {count(hits(key))}
                  </Go>
                ),
              },
              {
                ...{ title: 'Then', width: '8rem' },
                cell: ({ key, value, pinned }) =>
                  mayChange && pinned === null ? (
                    <Choice<Act>
                      label={`What happens when ${nameOf(key)} finds something`}
                      action="detectors.set"
                      options={ACTS}
                      now={value as Act}
                      onChoose={act => set.mutate({ body: { [key]: act } })}
                    />
                  ) : (
                    String(value)
                  ),
              },
            ]}
          />
        )}
      </Read>
      {mayChange && <Try />}
    </div>
  );
}
