import { mayChange } from '../../api/boot.ts';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Ago } from '../../kit/time.tsx';
import { useParams } from '../../shell/place.ts';
import type { Draft, Rule } from './draft.ts';
import { wordsOf } from './levels.ts';
import { RuleForm } from './rule-form.tsx';

const columnsOf = (draft: Draft): readonly Column<Rule>[] => [
  {
    ...{ title: 'Effect', width: '4.5rem' },
    cell: ({ effect }) => <State level={effect === 'allow' ? 'ok' : 'bad'}>{effect}</State>,
  },
  { title: 'Whom', width: '1.5fr', small: '1fr', cell: ({ subject }) => <Name>{subject}</Name> },
  {
    ...{ title: 'Where', width: '1fr' },
    cell: ({ server }) => (server === '*' ? 'every server' : <Name>{server}</Name>),
  },
  {
    title: 'What',
    width: '1.4fr',
    isExtra: true,
    cell: rule => <Name>{wordsOf(rule).replace(/^\w+ /, '')}</Name>,
  },
  { title: 'Note', width: '1fr', isWide: true, cell: ({ note }) => <Name>{note}</Name> },
  {
    ...{ title: 'By', width: '1.2fr', isWide: true },
    cell: ({ source, created_by, created_at }) =>
      source === 'file' ? (
        <span className="chip">configuration file</span>
      ) : (
        <>
          <Name>{created_by}</Name> <Ago at={created_at} />
        </>
      ),
  },
  {
    ...{ title: 'Change', width: '5.5rem' },
    cell: rule =>
      rule.source === 'file' || !mayChange ? null : draft.remove.includes(rule.id) ? (
        <Button action="access.rule-keep" tone="link" onClick={() => draft.keep(rule.id)}>
          Keep it
        </Button>
      ) : (
        <Button
          action="access.rule-remove"
          tone="link"
          label={`Take away: ${rule.says}`}
          onClick={() => draft.drop(rule)}
        >
          Take away
        </Button>
      ),
  },
];

/** Every rule, those of the configuration file among them. */
export function Rules({ draft }: { readonly draft: Draft }) {
  const [params, set] = useParams();
  const at = (name: string) => params.get(name) ?? '';
  const servers = useRead('servers.list', {}).data ?? [];
  const grants = useRead('grants.list', { query: {} });
  const fits = (rule: Rule) =>
    rule.says.toLowerCase().includes(at('q').toLowerCase()) &&
    (at('of') === '' || rule.server === at('of') || rule.server === '*');
  return (
    <div className="stack">
      <div className="row">
        <input
          type="search"
          className="narrow"
          data-action="rules.search"
          aria-label="Words of a rule"
          placeholder="Words of a rule"
          value={at('q')}
          onChange={event => set({ q: event.target.value }, 'within')}
        />
        <Choice
          label="Server"
          action="rules.server"
          now={at('of')}
          options={[['', 'Any server'], ...servers.map(({ name }) => [name, name] as const)]}
          onChoose={of => set({ of })}
        />
        <span className="grow" />
        {mayChange && (
          <Button action="rules.add" onClick={() => set({ add: 'rule' })}>
            Add a rule
          </Button>
        )}
      </div>
      <Read of={grants}>
        {all =>
          all.filter(fits).length === 0 ? (
            <Empty title={all.length === 0 ? 'There is no rule yet' : 'No rule fits'}>
              <p className="soft">Nobody but administrators may use what no rule allows.</p>
            </Empty>
          ) : (
            <Table name="rules" columns={columnsOf(draft)} rows={all.filter(fits)} keyOf={({ id }) => id} />
          )
        }
      </Read>
      {mayChange && at('add') === 'rule' && (
        <Dialog title="Add a rule" onClose={() => set({ add: '' })}>
          <RuleForm
            onPut={rule => {
              draft.put(rule);
              set({ add: '' });
            }}
            onClose={() => set({ add: '' })}
          />
        </Dialog>
      )}
    </div>
  );
}
