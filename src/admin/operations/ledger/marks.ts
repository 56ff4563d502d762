import { z } from 'zod';
import type { AuditRow, HealthChange } from '../../../store/index.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';
import { askedWindow, windowFields } from './figures.ts';

const mark = z.object({
  at: z.string().nullable(),
  kind: z.enum(['restart', 'change', 'outage']),
  /** The server that was down, or what was changed; null of the gateway itself. */
  target: z.string().nullable(),
  /** Who changed it, as the audit log names them. */
  actor: z.string().nullable(),
  /** `server.change`, of a change. */
  action: z.string().nullable(),
  /** When the outage was over; null while it lasts. */
  ended_at: z.string().nullable(),
});
type Mark = Omit<z.input<typeof mark>, 'at'> & { readonly at: number };

const NOBODY = { target: null, actor: null, action: null, ended_at: null };
/** Beyond so many a chart is a fence. */
const MOST = 200;
const MOST_READ = 500;

/** What changes how calls go; who signs in and out, or looks at something, does not. */
const KINDS: ReadonlySet<string> = new Set([
  ...['server', 'settings', 'grant', 'limit', 'tool-mapping', 'group', 'client', 'address', 'keys'],
]);

const changesIn = (rows: readonly AuditRow[]): readonly Mark[] =>
  rows
    .filter(({ action }) => KINDS.has(action.split('.')[0] ?? ''))
    .map(({ at, actor, action, target }) => ({ ...NOBODY, at, kind: 'change', actor, action, target }));

/** From each time that a server went down to the next that it did not. */
function outagesIn(changes: readonly HealthChange[], from: number): readonly Mark[] {
  const byServer = Map.groupBy(changes, ({ server }) => server);
  return [...byServer].flatMap(([target, own]) =>
    own.flatMap(({ at, state }, index): Mark[] => {
      const wasDown = own[index - 1]?.state === 'down';
      if (state !== 'down' || wasDown) return [];
      const end = own.slice(index).find(later => later.state !== 'down')?.at;
      if (end !== undefined && end < from) return [];
      const rest = { ...NOBODY, target, ended_at: isoTime(end) };
      return [{ ...rest, at: Math.max(at, from), kind: 'outage' }];
    }),
  );
}

/** What happened to the gateway in a window, for the marks of a chart. */
export const figuresMarks = operation({
  id: 'figures.marks',
  method: 'get',
  path: '/admin/api/figures/marks',
  summary: 'When the gateway started, what was changed and which servers were down in a window, in order',
  access: 'read',
  query: z.strictObject(windowFields).omit({ server: true, user_id: true, client: true }),
  answer: z.object({ marks: z.array(mark), is_all: z.boolean() }),
  handle: async (kit, { query }) => {
    const { from, to } = askedWindow(query, true, kit.clock.now());
    const [starts, audit, health] = await Promise.all([
      kit.store.ledger.starts(from, to),
      kit.store.ledger.audit({ since: from, until: to, limit: MOST_READ }),
      kit.store.health.between(from, to),
    ]);
    const all: readonly Mark[] = [
      ...starts.map((at): Mark => ({ ...NOBODY, at, kind: 'restart' })),
      ...changesIn(audit.rows),
      ...outagesIn(health, from),
    ];
    const marks = all.toSorted((a, b) => a.at - b.at);
    return {
      marks: marks.slice(-MOST).map(({ at, ...rest }) => ({ at: isoTime(at), ...rest })),
      is_all: marks.length <= MOST && audit.next === undefined,
    };
  },
});
