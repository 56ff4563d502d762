import { Button } from '../button.tsx';
import { Name } from '../parts.tsx';
import { Ago } from '../time.tsx';
import type { Clashing } from './use-form.ts';

const say = (value: unknown) => {
  if (value === null || value === undefined || value === '') return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Somebody else changed the same field: what both wrote, and whose is to stand. */
export function Clashes({ of }: { readonly of: Clashing }) {
  if (of.all.length === 0) return null;
  return (
    <div className="problem clash" role="alert">
      {of.all.map(({ name, label, mine, theirs, by, at }) => (
        <div key={name}>
          <p>
            {by === null ? 'Somebody else' : <Name>{by}</Name>} changed <b>{label}</b> meanwhile{' '}
            {at !== null && (
              <>
                (<Ago at={at} />)
              </>
            )}{' '}
            to “<Name>{say(theirs)}</Name>”. What you typed, “<Name>{say(mine)}</Name>”, is still here, and is
            not saved.
          </p>
          <div className="row">
            <Button action="clash.mine" onClick={() => of.keepMine(name)}>
              Keep mine
            </Button>
            <Button action="clash.theirs" onClick={() => of.takeTheirs(name)}>
              Take theirs
            </Button>
          </div>
        </div>
      ))}
    </div>
  );
}
