import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';

type Mapping = Answer<'tool-mappings.list'>[number];

type FormProps = { readonly servers: Answer<'servers.list'>; readonly known: readonly Mapping[] };

const NOWHERE: Readonly<Record<'server' | 'tool', string | null>> = { server: null, tool: null };

function placeOf(known: readonly Mapping[], typed: string) {
  const there = known.find(({ name }) => name === typed);
  return there ? { server: there.server, tool: there.tool } : NOWHERE;
}

function MappingForm({ servers, known }: FormProps) {
  const put = useForm(
    'tool-mappings.put',
    // Where the name led when it was typed: what somebody else makes of it meanwhile is not overwritten unseen.
    { name: '', server: servers[0]?.name ?? '', tool: '', was: NOWHERE },
    {
      says: 'The name leads there now.',
      given: ({ name, ...body }) => ({ params: { name }, body }),
      clears: true,
    },
  );
  const { name, server, tool } = put.values;
  return (
    <Form action="mapping.add" does="Add" of={put} isRow isOff={name === '' || tool === '' || server === ''}>
      <TextField
        label="Name on /mcp"
        action="mapping.name"
        {...put.text('name')}
        onChange={typed => put.set({ name: typed, was: placeOf(known, typed) })}
      />
      <div className="field">
        <span>leads to server</span>
        <Choice
          label="Server"
          action="mapping.server"
          options={servers.map(one => [one.name, one.name] as const)}
          {...put.choice('server')}
        />
      </div>
      <TextField label="and its tool" action="mapping.tool" {...put.text('tool')} />
    </Form>
  );
}

/** Names of tools that lead where an administrator said. */
export function Mappings({ servers }: { readonly servers: Answer<'servers.list'> }) {
  const read = useRead('tool-mappings.list', {});
  const remove = useAct('tool-mappings.delete', { says: 'The name leads where it led by itself.' });
  return (
    <div className="stack">
      {mayChange && servers.length > 0 && <MappingForm servers={servers} known={read.data ?? []} />}
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
