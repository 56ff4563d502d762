import type { ReactNode } from 'react';
import { Button } from '../../kit/button.tsx';
import { useParams } from '../../shell/place.ts';

/** Filters of the address, each a text. */
export function FilterRow({
  filters,
  children,
}: {
  readonly filters: readonly (readonly [name: string, label: string])[];
  readonly children?: ReactNode;
}) {
  const [params, set] = useParams();
  const isSome = [...filters.map(([name]) => name), 'event_type', 'success'].some(name => params.get(name));
  return (
    <div className="row">
      {filters.map(([name, label], at) => (
        <input
          key={name}
          type="search"
          data-filter={at === 0 ? '' : undefined}
          className="narrow"
          data-action={`audit.by-${name}`}
          aria-label={label}
          placeholder={label}
          value={params.get(name) ?? ''}
          onChange={event => set({ [name]: event.target.value }, 'within')}
        />
      ))}
      {children}
      {isSome && (
        <Button
          action="audit.clear"
          tone="link"
          onClick={() =>
            set({ ...Object.fromEntries(filters.map(([name]) => [name, ''])), event_type: '', success: '' })
          }
        >
          All
        </Button>
      )}
    </div>
  );
}
