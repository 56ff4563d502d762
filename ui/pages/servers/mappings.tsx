import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Field, Problem, wrongOf } from '../../kit/field.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';

type Mapping = Answer<'tool-mappings.list'>[number];

function MappingForm({ servers }: { readonly servers: Answer<'servers.list'> }) {
  const [name, setName] = useState('');
  const [server, setServer] = useState(servers[0]?.name ?? '');
  const [tool, setTool] = useState('');
  const put = useAct('tool-mappings.put', {
    says: 'The name leads there now.',
    isQuiet: true,
    onDone: () => setName(''),
  });
  return (
    <form
      className="row"
      onSubmit={event => {
        event.preventDefault();
        put.mutate({ params: { name }, body: { server, tool } });
      }}
    >
      <Field label="Name on /mcp" wrong={wrongOf(put.error, 'name')}>
        <input data-action="mapping.name" value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <div className="field">
        <span>leads to server</span>
        <Choice
          label="Server"
          action="mapping.server"
          options={servers.map(one => [one.name, one.name] as const)}
          now={server}
          onChoose={setServer}
        />
      </div>
      <Field label="and its tool" wrong={wrongOf(put.error, 'tool')}>
        <input data-action="mapping.tool" value={tool} onChange={event => setTool(event.target.value)} />
      </Field>
      <Button
        action="mapping.add"
        tone="main"
        isSubmit
        isBusy={put.isPending}
        isOff={name === '' || tool === '' || server === ''}
      >
        Add
      </Button>
      <Problem refused={put.error} fields={['name', 'tool']} />
    </form>
  );
}

/** Names of tools that lead where an administrator said. */
export function Mappings({ servers }: { readonly servers: Answer<'servers.list'> }) {
  const read = useRead('tool-mappings.list', {});
  const remove = useAct('tool-mappings.delete', { says: 'The name leads where it led by itself.' });
  return (
    <div className="stack">
      {mayChange && servers.length > 0 && <MappingForm servers={servers} />}
      <Read of={read}>
        {mappings =>
          mappings.length === 0 ? (
            <Empty title="No name of your own">
              <p className="soft">
                A tool that moved to another server, or lost its name to a collision, can be reached by a name
                that you choose.
              </p>
            </Empty>
          ) : (
            <Table<Mapping>
              name="mappings"
              rows={mappings}
              keyOf={({ name }) => name}
              columns={[
                { title: 'Name', cell: ({ name }) => <Name>{name}</Name> },
                { title: 'Server', cell: ({ server }) => <Name>{server}</Name> },
                { title: 'Tool', cell: ({ tool }) => <Name>{tool}</Name> },
                { title: 'Since', isExtra: true, cell: ({ changed_at }) => <Ago at={changed_at} /> },
                {
                  title: '',
                  width: '6rem',
                  cell: ({ name }) =>
                    mayChange && (
                      <Button
                        action="mapping.remove"
                        label={`Remove ${name}`}
                        onClick={() => remove.mutate({ params: { name } })}
                      >
                        Remove
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Read>
    </div>
  );
}
