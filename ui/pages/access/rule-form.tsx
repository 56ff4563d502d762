import { useState } from 'react';
import { useAct, useRead } from '../../api/use.ts';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { Form, TextField } from '../../kit/form.tsx';
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

/** One rule for the draft; the gateway reads it before it is put there. */
export function RuleForm(props: RuleFormProps) {
  const [subject, setSubject] = useState(props.subject ?? '');
  const [server, setServer] = useState(props.server ?? '*');
  const [effect, setEffect] = useState<'allow' | 'deny'>('allow');
  const [kind, setKind] = useState<(typeof KINDS)[number][0]>('tool');
  const [pattern, setPattern] = useState('*');
  const [tier, setTier] = useState<(typeof TIERS)[number][0]>('');
  const [note, setNote] = useState('');
  const servers = useRead('servers.list', {}).data ?? [];
  const rule: RuleDraft = {
    ...{ subject, server, effect, kind, pattern },
    ...(tier !== '' && { tier }),
    ...(note !== '' && { note }),
  };
  // The gateway reads it now: what is wrong is said beside the field, and not when the draft is saved.
  const read = useAct('grants.preview', { isQuiet: true, onDone: () => props.onPut(rule) });
  const wrong = (field: string) => wrongOf(read.error, `add.0.${field}`) ?? wrongOf(read.error, field);
  return (
    <Form
      action="rule.put"
      does="Put it into the draft"
      isBusy={read.isPending}
      onSend={() => read.mutate({ body: { add: [rule] } })}
      onClose={props.onClose}
    >
      {props.subject === undefined && (
        <TextField
          label="Whom it is about"
          hint="alice, group:family, role:auditor, client:ID, key:ID or everybody. Rules about a client or a key never give anything: they limit."
          action="rule.subject"
          isCode
          value={subject}
          onChange={setSubject}
          wrong={wrong('subject')}
        />
      )}
      <div className="row field">
        <Choice label="Effect" action="rule.effect" options={EFFECTS} now={effect} onChoose={setEffect} />
        <Choice label="Kind" action="rule.kind" options={KINDS} now={kind} onChoose={setKind} />
        <Choice label="Tier" action="rule.tier" options={TIERS} now={tier} onChoose={setTier} />
        {props.server === undefined && (
          <Choice
            label="Server"
            action="rule.server"
            now={server}
            options={[['*', 'Every server'], ...servers.map(({ name }) => [name, name] as const)]}
            onChoose={setServer}
          />
        )}
      </div>
      <TextField
        label="Names"
        hint="The server's own name or URI; * stands for any letters, ? for one."
        action="rule.pattern"
        isCode
        value={pattern}
        onChange={setPattern}
        wrong={wrong('pattern') ?? wrong('tier')}
      />
      <TextField label="Note" action="rule.note" value={note} onChange={setNote} wrong={wrong('note')} />
      <Problem
        refused={read.error}
        fields={[
          'subject',
          'pattern',
          'tier',
          'note',
          'add.0.subject',
          'add.0.pattern',
          'add.0.note',
          'add.0.tier',
        ]}
      />
    </Form>
  );
}
