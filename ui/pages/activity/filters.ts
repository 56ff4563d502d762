import { useMemo } from 'react';
import type { Given } from '../../api/client.ts';
import { useParams } from '../../shell/place.ts';

/** What entries are filtered by, in the order of the facets. */
export const FACETS = [
  ['outcome', 'Outcome'],
  ['fault', 'Failure'],
  ['server', 'Server'],
  ['target', 'Tool'],
  ['tier', 'What it may change'],
  ['user_id', 'Person'],
  ['client', 'Client'],
  ['method', 'Method'],
  ['era', 'Era of the client'],
  ['bridged', 'Bridged'],
] as const;

export type Facet = (typeof FACETS)[number][0];

const OTHERS = ['id', 'session', 'address'] as const;
const EXCLUDED = ['user_id', 'client', 'server', 'method', 'target', 'outcome', 'fault'] as const;

export const mayExclude = (facet: Facet): boolean => EXCLUDED.some(one => one === facet);

export type Filter = NonNullable<Given<'activity.list'>['query']>;

export type Filters = {
  readonly filter: Filter;
  /** What is chosen, with what it says; each can be taken away alone. */
  readonly chosen: readonly (readonly [param: string, value: string])[];
  readonly set: (change: Readonly<Record<string, string>>) => void;
};

/** The filters of the address. What nobody knows there is left alone. */
export function useFilters(): Filters {
  const [params, set] = useParams();
  const text = params.toString();
  return useMemo(() => {
    const now = new URLSearchParams(text);
    const names = [...FACETS.map(([name]) => name), ...OTHERS, ...EXCLUDED.map(name => `not_${name}`)];
    const chosen = names.flatMap(name => {
      const value = now.get(name);
      return value === null || value === '' ? [] : [[name, value] as const];
    });
    return { filter: Object.fromEntries(chosen) as Filter, chosen, set };
  }, [text, set]);
}
