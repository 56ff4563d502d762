import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { Form, TextField } from '../../kit/form.tsx';
import { Read } from '../../kit/parts.tsx';

type Shown = Answer<'limits.list'>[number];

const LIMITS = [
  ['requests', 'Requests per window'],
  ['concurrent', 'Calls at once'],
  ['bytes_in', 'Bytes of requests per window'],
  ['bytes_out', 'Bytes of answers per window'],
  ['window', 'Window in seconds'],
] as const;
type Part = (typeof LIMITS)[number][0];
const NAMES = LIMITS.map(([name]) => name);

const textOf = (limit: Shown | undefined, part: Part) => String(limit?.[part] ?? '');

/** Not a number stays what was typed: the gateway says what is wrong with it. */
const amountOf = (text: string): number | null =>
  text.trim() === '' ? null : Number.isFinite(Number(text)) ? Number(text) : (text as unknown as number);

function Fields({ subject, limit }: { readonly subject: string; readonly limit: Shown | undefined }) {
  const [draft, setDraft] = useState<Partial<Record<Part, string>>>({});
  const put = useAct('limits.put', {
    says: 'The limit is set',
    isQuiet: true,
    onDone: () => setDraft({}),
  });
  const remove = useAct('limits.remove', { says: 'The settings count again', onDone: () => setDraft({}) });
  const shownOf = (part: Part) => draft[part] ?? textOf(limit, part);
  const send = () =>
    put.mutate({
      body: { subject, ...Object.fromEntries(NAMES.map(name => [name, amountOf(shownOf(name))])) },
    });
  return (
    <Form action="limit.save" does="Set the limit" isBusy={put.isPending} isOff={!mayChange} onSend={send}>
      <div className="fields">
        {LIMITS.map(([part, label]) => (
          <TextField
            key={part}
            label={label}
            action={`limit.${part.replace('_', '-')}`}
            isOff={!mayChange}
            value={shownOf(part)}
            onChange={value => setDraft({ ...draft, [part]: value })}
            wrong={wrongOf(put.error, part)}
          />
        ))}
      </div>
      <Problem refused={put.error} fields={NAMES} />
      {limit && mayChange && (
        <Button
          action="limit.remove"
          isBusy={remove.isPending}
          onClick={() => remove.mutate({ query: { subject } })}
        >
          Back to the settings
        </Button>
      )}
    </Form>
  );
}

/** What somebody or something may use at most; empty is as the settings say. */
export function Limit({ subject }: { readonly subject: string }) {
  const limits = useRead('limits.list', {});
  return (
    <section className="panel">
      <h2>Limits of their own</h2>
      <p className="hint">What is empty is as the settings say.</p>
      <Read of={limits}>
        {all => <Fields subject={subject} limit={all.find(one => one.subject === subject)} />}
      </Read>
    </section>
  );
}
