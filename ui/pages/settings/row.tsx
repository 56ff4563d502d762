import { useId } from 'react';
import { mayChange } from '../../api/boot.ts';
import type { Refused } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { wrongOf } from '../../kit/forms/field.tsx';
import { Said } from '../../kit/parts.tsx';
import { type Setting, textOf } from './keys.tsx';

type RowProps = {
  readonly setting: Setting;
  readonly typed: string | null | undefined;
  readonly refused: Refused | null;
  /** Undefined: as it is. */
  readonly onType: (text: string | null | undefined) => void;
};

const wordsOf = ({ expects }: Setting): readonly string[] | undefined => {
  if (expects === 'true or false') return ['true', 'false'];
  return expects.startsWith('one of ') ? expects.slice('one of '.length).split(', ') : undefined;
};

function Control({ setting, typed, id, onType }: RowProps & { readonly id: string }) {
  const isOff = !mayChange || setting.pinned !== null || setting.is_secret;
  const now = typed === null ? textOf(setting.default) : (typed ?? textOf(setting.value));
  const words = wordsOf(setting);
  const set = (text: string) => onType(text === textOf(setting.value) ? undefined : text);
  const about = { id, disabled: isOff, 'aria-describedby': `${id}-about` };
  if (words)
    return (
      <select
        {...about}
        data-action="settings.choose"
        value={now}
        onChange={event => set(event.target.value)}
      >
        {!words.includes(now) && <option value={now}>{now || '–'}</option>}
        {words.map(word => (
          <option key={word}>{word}</option>
        ))}
      </select>
    );
  return (
    <input
      {...about}
      data-action="settings.type"
      className="code"
      value={setting.is_secret ? (setting.is_set ? '••••••••' : '') : now}
      onChange={event => set(event.target.value)}
    />
  );
}

/** One setting: its value, who decided it, what it does. */
export function Row(props: RowProps) {
  const { setting, typed, refused, onType } = props;
  const id = useId();
  const wrong = wrongOf(refused, setting.key);
  const by = setting.by && setting.by !== setting.from ? ` · ${setting.by}` : '';
  const isChosen = setting.from === 'stored' && typed !== null;
  return (
    <div className={wrong ? 'setting field wrong' : 'setting field'}>
      <div>
        <label htmlFor={id}>
          <code>{setting.key}</code>
        </label>
        <p id={`${id}-about`} className="soft">
          <Said>{setting.about}</Said>
          {setting.pinned && ` It ${setting.pinned}.`}
          {setting.is_later && ' It has no effect in this release.'}
        </p>
        {wrong && (
          <p className="hint bad" role="alert">
            {wrong}
          </p>
        )}
      </div>
      <Control {...props} id={id} />
      <div className="row">
        <span className={setting.from === 'default' ? 'chip' : 'chip strong'} title={setting.env.join(', ')}>
          {setting.from}
          {by}
        </span>
        {setting.needs_restart && <span className="chip warn">from the next start on</span>}
        {setting.applies === 'restart' && !setting.needs_restart && (
          <span className="chip">needs a start</span>
        )}
        {isChosen && mayChange && (
          <Button
            action="settings.reset"
            tone="link"
            label={`Take back ${setting.key}`}
            onClick={() => onType(null)}
          >
            Take back
          </Button>
        )}
      </div>
    </div>
  );
}
