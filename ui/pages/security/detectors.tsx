import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { count } from '../../kit/figures.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
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
  const run = useForm('detectors.try', { text: '' }, { given: body => ({ body }), isTrivial: true });
  return (
    <section className="panel">
      <h2>Try a text</h2>
      <Form
        action="detectors.try"
        does="What would be found?"
        tone="quiet"
        of={run}
        isOff={run.values.text === ''}
      >
        <TextField
          label="A text that an argument could hold"
          action="detectors.text"
          isMany
          isCode
          {...run.text('text')}
        />
        <p role="status">
          {run.done?.length === 0 && <State level="ok">Nothing</State>}
          {run.done?.map(({ detector, kind, at }) => (
            <State key={`${detector} ${kind}`} level="warn">
              {detector.replaceAll('_', ' ')}: {kind}, at letter {at}
            </State>
          ))}
        </p>
      </Form>
    </section>
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
              {
                title: 'Detector',
                width: '1.2fr',
                cell: ({ key }) => <Name>{nameOf(key).replaceAll('_', ' ')}</Name>,
              },
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
                ...{ title: 'Then', width: '6.5rem' },
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
