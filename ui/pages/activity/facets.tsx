import type { Answer } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { count } from '../../kit/figures.ts';
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

function FacetList({
  facet,
  title,
  summary,
  filters,
}: {
  readonly facet: Facet;
  readonly title: string;
  readonly summary: Summary;
  readonly filters: Filters;
}) {
  const values = summary.facets[facet];
  if (values.length === 0) return null;
  const now = filters.filter[facet];
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {values.slice(0, 8).map(({ value, title: name, count: many }) => (
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
  return (
    <aside className="facets" aria-label="Filters">
      {FACETS.map(([facet, title]) => (
        <FacetList key={facet} facet={facet} title={title} summary={summary} filters={filters} />
      ))}
      <p className="soft">
        {summary.is_all
          ? `Counted in ${count(summary.entries)} requests.`
          : `Counted in the latest ${count(summary.entries)} requests.`}
      </p>
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
