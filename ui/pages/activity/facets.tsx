import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { count, plural } from '../../kit/figures.ts';
import { useMedia } from '../../kit/media.ts';
import { Name } from '../../kit/parts.tsx';
import { FACETS, type Facet, type Filters, mayExclude } from './filters.ts';

type Summary = Answer<'activity.summary'>;

const BRIDGED: Readonly<Record<string, string>> = { '0': 'no', '1': 'yes' };

/** What a value is called: people and clients have names, a fault is in words. */
function titleOf(facet: Facet, value: string, title: string | null): string {
  if (facet === 'bridged') return BRIDGED[value] ?? value;
  if (facet === 'fault') return value.replaceAll('_', ' ');
  return title ?? value;
}

type Value = Summary['facets'][Facet][number];

const SHOWN = 8;

/** Those of all counted values that hold what is sought, in their name or in that of the facet. */
function soughtOf(facet: Facet, title: string, values: readonly Value[], sought: string): readonly Value[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one: Value) => `${title} ${one.value} ${titleOf(facet, one.value, one.title)}`.toLowerCase();
  return values.filter(one => words.every(word => text(one).includes(word))).slice(0, SHOWN);
}

function FacetList({
  facet,
  title,
  values,
  filters,
}: {
  readonly facet: Facet;
  readonly title: string;
  readonly values: readonly Value[];
  readonly filters: Filters;
}) {
  if (values.length === 0) return null;
  const now = filters.filter[facet];
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {values.map(({ value, title: name, count: many }) => (
        <div key={value} className="facet-value">
          <button
            type="button"
            data-action="facet.choose"
            aria-pressed={now === value}
            onClick={() => filters.set({ [facet]: now === value ? '' : value, open: '' })}
            onKeyDown={event => {
              if (event.key === 'x' && mayExclude(facet))
                filters.set({ [`not_${facet}`]: value, [facet]: '' });
            }}
          >
            <Name>{titleOf(facet, value, name)}</Name>
            <span className="soft">{count(many)}</span>
          </button>
          {mayExclude(facet) && (
            <Button
              action="facet.exclude"
              tone="link"
              label={`All but ${titleOf(facet, value, name)}`}
              title="All but this (x)"
              onClick={() => filters.set({ [`not_${facet}`]: value, [facet]: '' })}
            >
              ×
            </Button>
          )}
        </div>
      ))}
    </fieldset>
  );
}

/** The parts of what is shown, each with how many there are; a click leaves only those. */
export function Facets({ summary, filters }: { readonly summary: Summary; readonly filters: Filters }) {
  const [sought, setSought] = useState('');
  const isNarrow = useMedia('(max-width: 64rem)');
  const lists = FACETS.map(([facet, title]) => ({
    ...{ facet, title },
    values: soughtOf(facet, title, summary.facets[facet], sought),
  }));
  const first = lists.find(({ values }) => values.length > 0);
  const take = () => {
    const value = first?.values[0]?.value;
    if (!first || value === undefined || sought.trim() === '') return;
    setSought('');
    filters.set({ [first.facet]: value, open: '' });
  };
  const shown = (
    <div className="facets">
      {lists.map(list => (
        <FacetList key={list.facet} {...list} filters={filters} />
      ))}
      {!first && sought !== '' && <p className="soft">None of the values that were counted holds that.</p>}
      <p className="soft">
        {summary.is_all
          ? `Counted in ${plural(summary.requests, 'request')}.`
          : `Counted in the latest ${count(summary.requests)} requests.`}
      </p>
    </div>
  );
  return (
    <aside className="filters" aria-label="Filters">
      <input
        type="search"
        data-action="facet.search"
        data-filter
        aria-label="Find a server, tool, person or other value; Enter takes the first"
        placeholder="Find a value"
        value={sought}
        onChange={event => setSought(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') take();
        }}
      />
      {isNarrow && sought === '' ? (
        <details>
          <summary data-action="facets.show">Filter by what, who and how it ended</summary>
          {shown}
        </details>
      ) : (
        shown
      )}
    </aside>
  );
}

/** What is filtered by; each can be taken away. */
export function Chosen({
  filters,
  summary,
}: {
  readonly filters: Filters;
  readonly summary: Summary | undefined;
}) {
  if (filters.chosen.length === 0) return null;
  const says = (param: string, value: string) => {
    const facet = param.replace(/^not_/, '') as Facet;
    const known = summary?.facets[facet]?.find(one => one.value === value);
    const label = FACETS.find(([name]) => name === facet)?.[1] ?? facet;
    return `${param.startsWith('not_') ? 'not ' : ''}${label.toLowerCase()} ${titleOf(facet, value, known?.title ?? null)}`;
  };
  return (
    <p className="row">
      {filters.chosen.map(([param, value]) => (
        <Button
          key={param}
          action="filter.remove"
          label={`Take away: ${says(param, value)}`}
          onClick={() => filters.set({ [param]: '' })}
        >
          <Name>{says(param, value)}</Name> ×
        </Button>
      ))}
      <Button
        action="filter.clear"
        tone="link"
        onClick={() => filters.set(Object.fromEntries(filters.chosen.map(([param]) => [param, ''])))}
      >
        Clear
      </Button>
    </p>
  );
}
