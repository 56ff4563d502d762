import { type GroupId, type KeyId, type UserId, uuidv7 } from '../../base/index.ts';
import type { Role, Rule, Subject, Tier } from '../../policy/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import type { RuleTable } from '../db/schema.ts';
import type { Store } from '../types.ts';
import type { AccessStore, NewRule, RuleChange, RulesDraft, RulesRefused, RulesSaved } from './types.ts';

type Rules = Pick<AccessStore, 'listRules' | 'addRule' | 'updateRule' | 'deleteRule' | 'saveRules'>;
type Grants = Pick<Store, 'listGrants' | 'addGrant' | 'removeGrant'>;

function subjectOf({ subjectKind: kind, subjectId: id }: RuleTable): Subject {
  switch (kind) {
    case 'everybody':
      return { kind };
    case 'user':
      return { kind, id: id as UserId };
    case 'group':
      return { kind, id: id as GroupId };
    case 'role':
      return { kind, id: id as Role };
    case 'key':
      return { kind, id: id as KeyId };
    case 'client':
      return { kind, id };
  }
}

function toRule(row: RuleTable): Rule {
  const { id, effect, server, kind, pattern, tier, note, createdAt, createdBy } = row;
  return {
    ...{ id, effect, subject: subjectOf(row), server, kind, pattern, createdAt, createdBy },
    tier: tier === '' ? undefined : (tier as Tier),
    note: note ?? undefined,
  };
}

function toRow({ subject, tier, note, ...rest }: Rule): RuleTable {
  return {
    ...rest,
    subjectKind: subject.kind,
    subjectId: subject.kind === 'everybody' ? '' : subject.id,
    userId: subject.kind === 'user' ? subject.id : null,
    groupId: subject.kind === 'group' ? subject.id : null,
    keyId: subject.kind === 'key' ? subject.id : null,
    tier: tier ?? '',
    note: note ?? null,
  };
}

/** Whether whom a rule is about is there. Roles always are, and a client may come back. */
export async function isThere(tx: Tx, subject: Subject): Promise<boolean> {
  const tables = { user: 'users', group: 'groups', key: 'apiKeys' } as const;
  if (subject.kind !== 'user' && subject.kind !== 'group' && subject.kind !== 'key') return true;
  const table = tables[subject.kind];
  return (
    (await tx
      .selectFrom(table)
      .select('id')
      .where('id', '=', subject.id as never)
      .executeTakeFirst()) !== undefined
  );
}

async function addRule(tx: Tx, rule: NewRule, now: number): Promise<Rule | 'taken' | 'unknown'> {
  if (!(await isThere(tx, rule.subject))) return 'unknown';
  const made: Rule = { ...rule, id: uuidv7(now), createdAt: now };
  const insert = tx.insertInto('rules').values(toRow(made));
  return touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst())
    ? made
    : 'taken';
}

async function updateRule(tx: Tx, id: string, to: RuleChange): Promise<Rule | 'taken' | 'unknown'> {
  const row = await tx.selectFrom('rules').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return 'unknown';
  const rule: Rule = { ...toRule(row), ...to };
  const { subjectKind, subjectId, ...rest } = toRow(rule);
  const { effect, server, kind, pattern, tier } = rest;
  const same = tx.selectFrom('rules').select('id').where('subjectKind', '=', subjectKind);
  const found = await same
    .where('subjectId', '=', subjectId)
    .where('effect', '=', effect)
    .where('server', '=', server)
    .where('kind', '=', kind)
    .where('pattern', '=', pattern)
    .where('tier', '=', tier)
    .where('id', '!=', id)
    .executeTakeFirst();
  if (found) return 'taken';
  await tx.updateTable('rules').set(rest).where('id', '=', id).execute();
  return rule;
}

async function deleteRule(tx: Tx, id: string): Promise<Rule | undefined> {
  const row = await tx.deleteFrom('rules').where('id', '=', id).returningAll().executeTakeFirst();
  return row && toRule(row);
}

/** Takes back what its transaction has done so far. */
class Undone extends Error {
  readonly why: RulesRefused;

  constructor(why: RulesRefused) {
    super('undone');
    this.why = why;
  }
}

async function saveRules(tx: Tx, draft: RulesDraft, now: number): Promise<RulesSaved> {
  const [added, removed]: [Rule[], Rule[]] = [[], []];
  for (const [at, id] of draft.remove.entries()) {
    const gone = isId(id) ? await deleteRule(tx, id) : undefined;
    if (!gone) throw new Undone({ kind: 'unknown', of: 'remove', at });
    removed.push(gone);
  }
  for (const [at, rule] of draft.add.entries()) {
    const made = await addRule(tx, rule, now);
    if (typeof made === 'string') throw new Undone({ kind: made, of: 'add', at });
    added.push(made);
  }
  return { kind: 'saved', added, removed };
}

/** PostgreSQL takes no text with a zero byte; no rule has such an id. */
const isId = (id: string) => !id.includes('\0');

/** Who may use what. */
export function createRules(db: Db): Rules {
  return {
    listRules: async () =>
      (await db.selectFrom('rules').selectAll().orderBy('createdAt').orderBy('id').execute()).map(toRule),
    addRule: (rule, now) => change(db, tx => addRule(tx, rule, now)),
    updateRule: async (id, to) => (isId(id) ? change(db, tx => updateRule(tx, id, to)) : 'unknown'),
    deleteRule: async id => (isId(id) ? change(db, tx => deleteRule(tx, id)) : undefined),
    saveRules: (draft, now) =>
      change(db, tx => saveRules(tx, draft, now)).catch((thrown: unknown) => {
        if (thrown instanceof Undone) return thrown.why;
        throw thrown;
      }),
  };
}

const WHOLE = { effect: 'allow', kind: 'all', pattern: '*', tier: '' } as const;

/** The simple form: one person, one server as a whole. */
export function createGrants(db: Db): Grants {
  return {
    listGrants: async () => {
      const rows = db.selectFrom('rules').select(['userId', 'server']).where('userId', 'is not', null);
      const whole = rows
        .where('effect', '=', WHOLE.effect)
        .where('kind', '=', WHOLE.kind)
        .where('tier', '=', '');
      const found = await whole
        .where('pattern', '=', WHOLE.pattern)
        .orderBy('userId')
        .orderBy('server')
        .execute();
      return found.flatMap(({ userId, server }) =>
        userId === null || server === '*' ? [] : [{ userId, server }],
      );
    },
    addGrant: ({ userId, server }) =>
      change(db, async tx => {
        const now = Date.now();
        const rule = { ...WHOLE, tier: undefined, note: undefined, createdAt: now, createdBy: 'grants' };
        const row = toRow({ ...rule, id: uuidv7(now), subject: { kind: 'user', id: userId }, server });
        const insert = tx.insertInto('rules').values(row);
        return touched(await insert.onConflict(conflict => conflict.doNothing()).executeTakeFirst());
      }),
    removeGrant: ({ userId, server }) =>
      change(db, async tx => {
        const found = tx.deleteFrom('rules').where('userId', '=', userId).where('server', '=', server);
        const whole = found.where('effect', '=', WHOLE.effect).where('kind', '=', WHOLE.kind);
        return touched(
          await whole.where('pattern', '=', WHOLE.pattern).where('tier', '=', '').executeTakeFirst(),
        );
      }),
  };
}
