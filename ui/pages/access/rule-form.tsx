import { useRead } from '../../api/use.ts';
import { Form, TextField } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Choice } from '../../kit/parts.tsx';
import type { RuleDraft } from './draft.ts';

const EFFECTS = [
  ['allow', 'Allow'],
  ['deny', 'Deny: wins over every allow'],
] as const;
const KINDS = [
  ['tool', 'Tools'],
  ['prompt', 'Prompts'],
  ['resource', 'Resources'],
  ['all', 'Everything'],
] as const;
const TIERS = [
  ['', 'Of any tier'],
  ['read', 'Read'],
  ['write', 'Write'],
  ['destructive', 'Destructive'],
] as const;

type RuleFormProps = {
  /** Asked for where it is not said. */
  readonly subject?: string;
  readonly server?: string;
  readonly onPut: (rule: RuleDraft) => void;
  readonly onClose: () => void;
};

type Texts = {
  readonly subject: string;
  readonly server: string;
  readonly pattern: string;
  readonly note: string;
  readonly effect: 'allow' | 'deny';
  readonly kind: (typeof KINDS)[number][0];
  readonly tier: (typeof TIERS)[number][0];
};

function ruleOf({ tier, note, ...rest }: Texts): RuleDraft {
  return { ...rest, ...(tier !== '' && { tier }), ...(note !== '' && { note }) };
}

/** One rule for the draft; the gateway reads it before it is put there. */
export function RuleForm(props: RuleFormProps) {
  const servers = useRead('servers.list', {}).data ?? [];
  const start: Texts = {
    ...{ subject: props.subject ?? '', server: props.server ?? '*', pattern: '*', note: '' },
    ...{ effect: 'allow', kind: 'tool', tier: '' },
  };
  // The gateway reads it now: what is wrong is said beside the field, and not when the draft is saved.
  const read = useForm('grants.preview', start, {
    below: 'add.0',
    given: values => ({ body: { add: [ruleOf(values)] } }),
    onDone: (_, sent) => props.onPut(ruleOf(sent)),
  });
  return (
    <Form action="rule.put" does="Put it into the draft" of={read} onClose={props.onClose}>
      {props.subject === undefined && (
        <TextField
          label="Whom it is about"
          hint="alice, group:family, role:auditor, client:ID, key:ID or everybody. Rules about a client or a key never give anything: they limit."
          action="rule.subject"
          isCode
          {...read.text('subject')}
        />
      )}
      <div className="row field">
        <Choice label="Effect" action="rule.effect" options={EFFECTS} {...read.choice('effect')} />
        <Choice label="Kind" action="rule.kind" options={KINDS} {...read.choice('kind')} />
        <Choice label="Tier" action="rule.tier" options={TIERS} {...read.choice('tier')} />
        {props.server === undefined && (
          <Choice
            label="Server"
            action="rule.server"
            options={[['*', 'Every server'], ...servers.map(({ name }) => [name, name] as const)]}
            {...read.choice('server')}
          />
        )}
      </div>
      <TextField
        label="Names"
        hint="The server's own name or URI; * stands for any letters, ? for one."
        action="rule.pattern"
        isCode
        {...read.text('pattern')}
        wrong={read.wrong('pattern') ?? read.wrong('tier')}
      />
      <TextField label="Note" action="rule.note" {...read.text('note')} />
    </Form>
  );
}
