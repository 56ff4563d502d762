import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useAct } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Field, Problem, wrongOf } from '../../kit/field.tsx';
import { Choice } from '../../kit/parts.tsx';
import { numberOr } from '../../kit/use-form.ts';
import type { Server } from './server.tsx';

const ERAS = [
  ['auto', 'Find out'],
  ['legacy', '2025 and before'],
  ['modern', '2026-07-28'],
] as const;

const FIELDS = ['name', 'url', 'description', 'prefix', 'timeout'] as const;
type Draft = Readonly<Record<(typeof FIELDS)[number], string>>;

const draftOf = ({ title, url, description, prefix, timeout }: Server): Draft => ({
  ...{ name: title, url: url ?? '', description: description ?? '', prefix, timeout: String(timeout) },
});

const LABELS: Readonly<Record<keyof Draft, readonly [label: string, hint: string]>> = {
  name: ['Title', 'What people call it. Its name in addresses and rules stays.'],
  url: ['URL', 'Where it is reached.'],
  description: ['Description', 'For people.'],
  prefix: ['Prefix of its tools', 'What the names of its tools begin with on /mcp.'],
  timeout: ['Timeout in seconds', 'How long a call may be silent.'],
};

/** How a server is set. Only what was changed is sent, so that two people who change different things do not undo each other. */
export function ServerSettings({ server }: { readonly server: Server }) {
  const [base, setBase] = useState(() => draftOf(server));
  const [draft, setDraft] = useState(base);
  const [protocol, setProtocol] = useState(server.protocol);
  const update = useAct('servers.update', {
    isQuiet: true,
    says: 'It is set so now.',
    onDone: changed => {
      const fresh = draftOf(changed);
      setBase(fresh);
      setDraft(fresh);
    },
  });
  const isFixed = server.source === 'file' || !mayChange;
  const changed = FIELDS.filter(name => draft[name] !== base[name]);
  const theirs = draftOf(server);
  const clashes = changed.filter(name => theirs[name] !== base[name]);
  const send = () =>
    update.mutate({
      params: { id: server.id },
      body: {
        ...Object.fromEntries(
          changed.map(name => [name, name === 'timeout' ? numberOr(draft[name]) : draft[name]]),
        ),
        ...(protocol !== server.protocol && { protocol }),
      },
    });
  return (
    <form
      className="panel"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {server.source === 'file' && (
        <p className="soft">
          This server stands in the configuration file; it is set there, and a change there takes effect at
          once.
        </p>
      )}
      {clashes.length > 0 && (
        <p className="problem" role="alert">
          Somebody else changed {clashes.map(name => LABELS[name][0].toLowerCase()).join(', ')} meanwhile, to{' '}
          {clashes.map(name => `“${theirs[name]}”`).join(', ')}. What you typed is still here; saving it takes
          its place.
        </p>
      )}
      {FIELDS.filter(name => name !== 'url' || server.url !== null).map(name => (
        <Field key={name} label={LABELS[name][0]} hint={LABELS[name][1]} wrong={wrongOf(update.error, name)}>
          <input
            data-action={`server-settings.${name}`}
            disabled={isFixed}
            value={draft[name]}
            onChange={event => setDraft({ ...draft, [name]: event.target.value })}
          />
        </Field>
      ))}
      <div className="field">
        <b>Era</b>
        <Choice
          label="Era"
          action="server-settings.era"
          options={ERAS}
          now={protocol}
          onChoose={setProtocol}
        />
      </div>
      <Problem refused={update.error} fields={FIELDS} />
      {!isFixed && (
        <div className="row end">
          <Button action="server-settings.undo" isOff={changed.length === 0} onClick={() => setDraft(base)}>
            Undo
          </Button>
          <Button
            action="server-settings.save"
            tone="main"
            isSubmit
            isBusy={update.isPending}
            isOff={changed.length === 0 && protocol === server.protocol}
          >
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
