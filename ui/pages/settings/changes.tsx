import type { Refused } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Clashes } from '../../kit/forms/clash.tsx';
import { Problem } from '../../kit/forms/field.tsx';
import type { Clashing } from '../../kit/forms/use-form.ts';
import { type Setting, type Typed, textOf } from './keys.tsx';

type ChangesProps = {
  readonly all: readonly Setting[];
  readonly typed: Typed;
  readonly refused: Refused | null;
  readonly clashing: Clashing;
  readonly isBusy: boolean;
  readonly onSave: () => void;
  readonly onForget: () => void;
};

/** The difference, before it is saved. */
export function Changes({ all, typed, refused, clashing, isBusy, onSave, onForget }: ChangesProps) {
  const changed = all.filter(({ key }) => key in typed);
  if (changed.length === 0) return null;
  return (
    <section className="draft-bar" aria-label="Changes that are not saved">
      <div className="diff">
        {changed.map(one => (
          <div key={one.key}>
            <del>{`- ${one.key}: ${textOf(one.value) || 'nothing'}`}</del>
            <ins>
              {`+ ${one.key}: `}
              {typed[one.key]?.text === null
                ? `${textOf(one.default) || 'nothing'} (taken back)`
                : typed[one.key]?.text || 'nothing'}
            </ins>
          </div>
        ))}
      </div>
      <Clashes of={clashing} />
      {clashing.all.length === 0 && <Problem refused={refused} fields={all.map(({ key }) => key)} />}
      <div className="row apart">
        <p role="status">
          {plural(changed.length, 'change')} not saved.
          {changed.some(one => one.is_security) &&
            ' Your password is asked for: this decides who comes in, or what is kept.'}
        </p>
        <div className="row">
          <Button action="settings.forget" onClick={onForget}>
            Forget the changes
          </Button>
          <Button action="settings.save" tone="main" isBusy={isBusy} onClick={onSave}>
            Save
          </Button>
        </div>
      </div>
    </section>
  );
}
