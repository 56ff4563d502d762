import type { KeyId, ServerName, UserId } from '../../base/index.ts';
import { change, type Db, type Tx, touched } from '../change.ts';
import type { LimitTable } from '../db/schema.ts';
import { isThere } from './rules.ts';
import type { AccessStore, Limit, LimitSubject } from './types.ts';

type Limits = Pick<AccessStore, 'listLimits' | 'putLimit' | 'deleteLimit'>;

function subjectOf({ subjectKind: kind, subjectId: id }: LimitTable): LimitSubject {
  switch (kind) {
    case 'user':
      return { kind, id: id as UserId };
    case 'key':
      return { kind, id: id as KeyId };
    case 'server':
      return { kind, id: id as ServerName };
    case 'client':
      return { kind, id };
  }
}

function toLimit(row: LimitTable): Limit {
  const { requests, concurrent, bytesIn, bytesOut, windowS, changedAt, changedBy } = row;
  return {
    subject: subjectOf(row),
    requests: requests ?? undefined,
    concurrent: concurrent ?? undefined,
    bytesIn: bytesIn ?? undefined,
    bytesOut: bytesOut ?? undefined,
    windowS: windowS ?? undefined,
    changedAt,
    changedBy,
  };
}

async function putLimit(tx: Tx, limit: Limit): Promise<'done' | 'unknown'> {
  const { subject, requests, concurrent, bytesIn, bytesOut, windowS, changedAt, changedBy } = limit;
  if (subject.kind !== 'server' && !(await isThere(tx, subject))) return 'unknown';
  await deleteIn(tx, subject);
  await tx
    .insertInto('limits')
    .values({
      subjectKind: subject.kind,
      subjectId: subject.id,
      userId: subject.kind === 'user' ? subject.id : null,
      keyId: subject.kind === 'key' ? subject.id : null,
      requests: requests ?? null,
      concurrent: concurrent ?? null,
      bytesIn: bytesIn ?? null,
      bytesOut: bytesOut ?? null,
      windowS: windowS ?? null,
      ...{ changedAt, changedBy },
    })
    .execute();
  return 'done';
}

async function deleteIn(tx: Tx, { kind, id }: LimitSubject): Promise<boolean> {
  const found = tx.deleteFrom('limits').where('subjectKind', '=', kind).where('subjectId', '=', id);
  return touched(await found.executeTakeFirst());
}

/** What somebody may use at most, where that differs from the settings. */
export function createLimits(db: Db): Limits {
  return {
    listLimits: async () =>
      (await db.selectFrom('limits').selectAll().orderBy('subjectKind').orderBy('subjectId').execute()).map(
        toLimit,
      ),
    putLimit: limit => change(db, tx => putLimit(tx, limit)),
    deleteLimit: async subject =>
      subject.id.includes('\0') ? false : change(db, tx => deleteIn(tx, subject)),
  };
}
