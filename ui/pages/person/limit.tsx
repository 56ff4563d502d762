import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { numberOr, useForm } from '../../kit/forms/use-form.ts';
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

function Fields({ subject, limit }: { readonly subject: string; readonly limit: Shown | undefined }) {
  const start = Object.fromEntries(NAMES.map(name => [name, textOf(limit, name)])) as Record<Part, string>;
  const put = useForm('limits.put', start, {
    edits: 'whole',
    says: 'The limit is set',
    given: typed => ({
      body: { subject, ...Object.fromEntries(NAMES.map(name => [name, numberOr(typed[name])])) },
    }),
  });
  const remove = useAct('limits.remove', { says: 'The settings count again', onDone: put.undo });
  return (
    <Form action="limit.save" does="Set the limit" of={put} isOff={!mayChange || !put.isChanged}>
      <div className="fields">
        {LIMITS.map(([part, label]) => (
          <TextField
            key={part}
            label={label}
            action={`limit.${part.replace('_', '-')}`}
            isOff={!mayChange}
            {...put.text(part)}
          />
        ))}
      </div>
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
