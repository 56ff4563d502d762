import { printable } from '../../base/index.ts';
import type { EventRow } from '../../store/index.ts';
import { readSpan, type SpanFlags } from '../ledger/span.ts';
import { withStore } from '../offline.ts';
import { type Context, show } from '../options.ts';

type Told = {
  readonly kind: string;
  readonly change: string;
  readonly name?: string;
  readonly count?: number;
  readonly action?: string;
  readonly more?: number;
  readonly fields?: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
};

const timeOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** As `diff` shows it: what was behind a minus, what is behind a plus. */
function linesOf({ at, told }: { readonly at: number; readonly told: Told }): readonly string[] {
  const what = told.count === undefined ? `${told.kind} ${told.name ?? ''}` : `${told.count} definitions`;
  const action = told.action === 'switched off' ? ', switched off for everybody' : '';
  const fields = (told.fields ?? []).flatMap(({ field, before, after }) => [
    `  ${field === '' ? '/' : field}`,
    ...(before === null ? [] : [`  - ${before}`]),
    ...(after === null ? [] : [`  + ${after}`]),
  ]);
  const more = told.more ? [`  and ${told.more} more members`] : [];
  return [`${timeOf(at)}  ${what} ${told.change}${action}`, ...fields, ...more].map(printable);
}

const shown = ({ id, at, detail }: EventRow) => ({ id, at, told: JSON.parse(detail) as Told });

/** What a server changed in its definitions, the latest first. */
export async function showChanges(context: Context, given: string, flags: SpanFlags): Promise<void> {
  await withStore(flags, async offline => {
    const server = await offline.server(given);
    const span = readSpan(flags, offline.now);
    const { rows } = await offline.store.ledger.events({ ...span, server, type: 'tool_changed' });
    const changes = rows.map(shown);
    const text = changes.flatMap(linesOf).join('\n') || 'Nothing changed since the gateway read it first.';
    show(
      context,
      flags,
      changes.map(({ id, at, told }) => ({ id, at, ...told })),
      text,
    );
  });
}
