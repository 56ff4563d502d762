import { mayChange } from '../../api/boot.ts';
import { Button } from '../../kit/button.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { numberOr, orNull, useForm } from '../../kit/forms/use-form.ts';
import { Choice } from '../../kit/parts.tsx';
import type { Server } from './server.tsx';

const ERAS = [
  ['auto', 'Find out'],
  ['legacy', '2025 and before'],
  ['modern', '2026-07-28'],
] as const;

const FIELDS = ['name', 'url', 'description', 'prefix', 'timeout'] as const;
type Texts = Readonly<Record<(typeof FIELDS)[number], string>>;

const startOf = ({ title, url, description, prefix, timeout, protocol }: Server) => ({
  ...{ name: title, url: url ?? '', description: description ?? '', prefix, timeout: String(timeout) },
  protocol,
});

const LABELS: Readonly<Record<keyof Texts, readonly [label: string, hint: string]>> = {
  name: ['Title', 'What people call it. Its name in addresses and rules stays.'],
  url: ['URL', 'Where it is reached.'],
  description: ['Description', 'For people.'],
  prefix: ['Prefix of its tools', 'What the names of its tools begin with on /mcp.'],
  timeout: ['Timeout in seconds', 'How long a call may be silent.'],
};

/** How a server is set. Only what was changed is sent, so that two people who change different things do not undo each other. */
export function ServerSettings({ server }: { readonly server: Server }) {
  const isOff = server.source === 'file' || !mayChange;
  const set = useForm('servers.update', startOf(server), {
    edits: 'some',
    labels: Object.fromEntries(FIELDS.map(name => [name, LABELS[name][0]])),
    says: 'It is set so now.',
    given: ({ timeout, description, ...texts }) => ({
      params: { id: server.id },
      body: { ...texts, description: orNull(description), timeout: numberOr(timeout) },
    }),
  });
  return (
    <section className="panel">
      {server.source === 'file' && (
        <p className="soft">
          This server stands in the configuration file; it is set there, and a change there takes effect at
          once.
        </p>
      )}
      <Form
        action="server-settings.save"
        does="Save"
        of={set}
        isOff={isOff || !set.isChanged}
        more={
          <Button action="server-settings.undo" isOff={!set.isChanged} onClick={set.undo}>
            Undo
          </Button>
        }
      >
        {FIELDS.filter(name => name !== 'url' || server.url !== null).map(name => (
          <TextField
            key={name}
            label={LABELS[name][0]}
            hint={LABELS[name][1]}
            action={`server-settings.${name}`}
            isOff={isOff}
            {...set.text(name)}
          />
        ))}
        <div className="field">
          <b>Era</b>
          <Choice
            label="Era"
            action="server-settings.era"
            options={ERAS}
            isOff={isOff}
            {...set.choice('protocol')}
          />
        </div>
      </Form>
    </section>
  );
}
