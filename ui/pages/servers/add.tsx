import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { Field } from '../../kit/forms/field.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Added } from './adding/added.tsx';
import { Preview, useUnderstood } from './adding/understood.tsx';

const EXAMPLES =
  'https://mcp.example.com/mcp\nnpx -y @modelcontextprotocol/server-everything\n{ "mcpServers": { ... } }\nclaude mcp add --transport http home http://...';

/** `at` counts, so that what comes of another adding begins anew. */
type Result = { readonly at: number; readonly text: string; readonly answer: Answer<'servers.import'> };

/** One box for anything: a URL, a command, a pasted configuration. It says what it understood, then asks each server. */
export function AddServer({ sample }: { readonly sample?: string | undefined }) {
  const [result, setResult] = useState<Result>();
  const form = useForm(
    'servers.import',
    { text: '', name: '' },
    {
      given: ({ text, name }) => ({ body: { text, ...(name !== '' && { name }) } }),
      touches: ['servers', 'setup'],
      onDone: answer => {
        setResult(before => ({
          at: (before?.at ?? 0) + 1,
          answer,
          text: `${form.values.text} ${form.values.name}`,
        }));
        if (answer.refused.length === 0) form.set({ text: '', name: '' });
      },
    },
  );
  const { text, name } = form.values;
  const { understood: read, wrong } = useUnderstood(text, name);
  // What came of this very text stands below.
  const understood = result?.text === `${text} ${name}` ? undefined : read;
  const many = understood?.added.length ?? 0;
  const isOne = many + (understood?.refused.length ?? 0) === 1;
  return (
    <div className="stack">
      <Form
        action="server.add"
        does={many > 1 ? `Add ${many} servers` : 'Add'}
        of={form}
        isOff={many === 0}
        more={
          sample !== undefined && (
            <Button action="setup.sample" onClick={() => form.set({ text: sample, name: 'sample' })}>
              Use the sample server
            </Button>
          )
        }
      >
        <Field
          label="A URL, a command, or a configuration of a client"
          hint="What is pasted stays here until it is added. Nothing is asked or started before."
          wrong={text === '' ? undefined : (wrong ?? form.wrong('text'))}
        >
          <textarea
            className="code"
            data-action="server.paste"
            rows={5}
            spellCheck={false}
            placeholder={EXAMPLES}
            value={text}
            onChange={event => form.set({ text: event.target.value })}
          />
        </Field>
        {understood && <Preview understood={understood} />}
        {(isOne || name !== '') && (
          <TextField
            label="Its name here"
            action="server.name"
            placeholder={understood?.added[0]?.name ?? understood?.refused[0]?.name}
            hint="Small letters, digits and hyphens; its tools begin with it."
            {...form.text('name')}
          />
        )}
      </Form>
      {result && <Added key={result.at} answer={result.answer} />}
    </div>
  );
}
