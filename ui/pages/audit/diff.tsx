import { seen } from '../../kit/seen.ts';

/** Members of both sides, the nested ones by their paths. */
function flat(value: unknown, path = ''): ReadonlyMap<string, string> {
  const isPart = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (value === null || value === undefined) return new Map();
  if (!isPart)
    return new Map([[path || 'value', Array.isArray(value) ? JSON.stringify(value) : String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...flat(part, path === '' ? name : `${path}.${name}`)]),
  );
}

/** Before and after, member by member: what is the same is left out, but for things that were made or ended. */
export function Diff({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const [was, is] = [flat(before), flat(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].filter(name => was.get(name) !== is.get(name));
  if (names.length === 0) return <p className="soft">Nothing else is known of it.</p>;
  return (
    <div className="diff">
      {names.map(name => (
        <div key={name}>
          {was.has(name) && <del>{`- ${name}: ${seen(was.get(name) ?? '')}`}</del>}
          {is.has(name) && <ins>{`+ ${name}: ${seen(is.get(name) ?? '')}`}</ins>}
        </div>
      ))}
    </div>
  );
}
