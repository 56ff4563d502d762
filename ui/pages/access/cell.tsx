import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Name } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { type Draft, isSaved, type Rule, type RuleDraft } from './draft.ts';
import { LEVELS, levelOf, ruleOf, wordsOf } from './levels.ts';
import { RuleForm } from './rule-form.tsx';

type Said = Rule | RuleDraft;

function Line({ rule, draft }: { readonly rule: Said; readonly draft: Draft }) {
  const isFile = isSaved(rule) && rule.source === 'file';
  return (
    <li className="row apart">
      <span>
        <State level={rule.effect === 'deny' ? 'bad' : 'ok'}>
          <Name>{wordsOf(rule)}</Name>
        </State>{' '}
        <span className="soft">
          {isFile
            ? 'in the configuration file: it is changed there'
            : isSaved(rule)
              ? rule.note
              : 'not saved'}
        </span>
      </span>
      {mayChange && !isFile && (
        <Button action="access.rule-drop" tone="link" onClick={() => draft.drop(rule)}>
          Take away
        </Button>
      )}
    </li>
  );
}

type CellProps = {
  readonly subject: string;
  readonly server: string;
  readonly rules: readonly Said[];
  readonly draft: Draft;
  readonly onClose: () => void;
};

/** The rules of one subject and one server. */
export function Cell({ subject, server, rules, draft, onClose }: CellProps) {
  const [isAdding, setAdding] = useState(false);
  const level = levelOf(rules);
  const where = server === '*' ? 'every server' : server;
  return (
    <Dialog title={`${subject.replace(':', ' ')} on ${where}`} shape="drawer" onClose={onClose}>
      <fieldset className="levels" disabled={!mayChange}>
        <legend>What is given here</legend>
        {LEVELS.map(([id, title, says]) => (
          <label key={id} className="check">
            <input
              type="radio"
              name="level"
              data-action={`access.level-${id}`}
              checked={level === id}
              onChange={() => draft.replace(rules, ruleOf(id, subject, server))}
            />
            <span>
              {title} <span className="soft">{says}</span>
            </span>
          </label>
        ))}
        {level === 'custom' && <p className="soft">Several rules, or rules about single names, as below.</p>}
      </fieldset>
      <section>
        <h3>Rules</h3>
        {rules.length === 0 && <p className="soft">No rule is about this subject and this server.</p>}
        <ul className="plain lines">
          {rules.map((rule, at) => (
            <Line key={isSaved(rule) ? rule.id : `draft ${at}`} rule={rule} draft={draft} />
          ))}
        </ul>
        {mayChange && !isAdding && (
          <Button action="access.rule-add" onClick={() => setAdding(true)}>
            Add a rule about names
          </Button>
        )}
        {isAdding && (
          <RuleForm
            subject={subject}
            server={server}
            onPut={rule => {
              draft.put(rule);
              setAdding(false);
            }}
            onClose={() => setAdding(false)}
          />
        )}
      </section>
      <p className="soft">Nothing of this counts before it is saved, at the foot of the page.</p>
    </Dialog>
  );
}
