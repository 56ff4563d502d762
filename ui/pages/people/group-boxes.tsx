import { useRead } from '../../api/use.ts';
import { Check } from '../../kit/forms/form.tsx';
import { Name } from '../../kit/parts.tsx';

/** The groups, some of them ticked. */
export function GroupBoxes({
  action,
  chosen,
  onChange,
}: {
  readonly action: string;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const groups = useRead('groups.list', {}).data ?? [];
  if (groups.length === 0) return null;
  return (
    <fieldset className="boxes">
      <legend>Groups</legend>
      {groups.map(({ id, name }) => (
        <Check
          key={id}
          action={action}
          label={<Name>{name}</Name>}
          isOn={chosen.includes(name)}
          onChange={isOn => onChange(isOn ? [...chosen, name] : chosen.filter(one => one !== name))}
        />
      ))}
    </fieldset>
  );
}

export const ROLES = [
  ['user', 'User: uses what is granted'],
  ['auditor', 'Auditor: sees everything, changes nothing'],
  ['admin', 'Administrator: decides'],
] as const;
export type Role = (typeof ROLES)[number][0];
