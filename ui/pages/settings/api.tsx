import { addressOf } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { plural } from '../../kit/figures.ts';
import { Empty, Read } from '../../kit/parts.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { useParam } from '../../shell/place.ts';

type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
};
type Described = { readonly operationId?: string; readonly summary?: string };

function operationsIn(document: Record<string, unknown>): readonly Operation[] {
  const paths = (document.paths ?? {}) as Record<string, Record<string, Described>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId = '', summary = '' }]) => ({
      ...{ id: operationId, method: method.toUpperCase(), path, summary },
    })),
  );
}

const columns: readonly Column<Operation>[] = [
  { title: 'Method', width: '4.5rem', cell: ({ method }) => <code>{method}</code> },
  { title: 'Path', width: '1.6fr', cell: ({ path }) => <code>{path}</code> },
  { title: 'Name', width: '1fr', isWide: true, cell: ({ id }) => <code>{id}</code> },
  {
    title: 'What it does',
    width: '2fr',
    isExtra: true,
    cell: ({ summary }) => <span title={summary}>{summary}</span>,
  },
];

/** Every operation of the JSON API, as its own document says. */
export function Api() {
  const [sought, setSought] = useParam('q');
  const document = useRead('api.describe', {});
  return (
    <Read of={document}>
      {found => {
        const all = operationsIn(found);
        const fit = all.filter(({ id, path, summary }) =>
          `${id} ${path} ${summary}`.toLowerCase().includes(sought.toLowerCase()),
        );
        return (
          <div className="stack">
            <div className="row">
              <input
                type="search"
                className="narrow"
                data-action="api.search"
                data-filter
                aria-label="Search the operations"
                placeholder="Search the operations"
                value={sought}
                onChange={event => setSought(event.target.value, 'within')}
              />
              <span className="soft">{plural(fit.length, 'operation')}</span>
              <span className="grow" />
              <a
                className="button quiet"
                data-action="api.document"
                href={addressOf('api.describe', {})}
                download="openapi.json"
              >
                openapi.json
              </a>
            </div>
            {fit.length === 0 ? (
              <Empty title="No operation fits" />
            ) : (
              <Table
                name="operations"
                columns={columns}
                rows={fit}
                keyOf={({ method, path }) => `${method} ${path}`}
                height="min(65vh, 46rem)"
              />
            )}
          </div>
        );
      }}
    </Read>
  );
}
