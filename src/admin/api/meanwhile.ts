import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../base/index.ts';
import type { AuditRow } from '../../store/index.ts';
import type { ApiKit } from './kit.ts';
import { wrong } from './wrong.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What a change is about, as it is now. */
export type Now = {
  /** By the names that the body has for them. */
  readonly fields: Fields;
  /** How the audit log names such a change; undefined: by several. */
  readonly action: string | undefined;
  /** What the audit log calls the thing, or called it before it was renamed; of settings each field is one. */
  readonly names: readonly unknown[];
  /** Fields that the audit log has by other names. */
  readonly auditedAs?: Readonly<Record<string, string>>;
  /** In the place of a sentence about the field. */
  readonly says?: string;
};

const MOST_FIELDS = 500;
/** So far back is looked for who it was. */
const LOOKED_THROUGH = 100;
const LONGEST_SAID = 200;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A body and what it says about how its fields were. Fault `invalid_request`. */
export function takeWas(body: unknown): { readonly was: Fields | undefined; readonly rest: unknown } {
  if (!isObject(body) || !Object.hasOwn(body, 'was')) return { was: undefined, rest: body };
  const { was, ...rest } = body;
  if (!isObject(was)) throw wrong('was', 'is no object');
  if (Object.keys(was).length > MOST_FIELDS) throw wrong('was', `names ${MOST_FIELDS} fields at most`);
  return { was, rest };
}

const isSame = (one: unknown, other: unknown) => isDeepStrictEqual(one ?? null, other ?? null);

const partOf = (json: string | undefined, name: string): unknown =>
  json === undefined ? undefined : (JSON.parse(json) as Fields | null)?.[name];

/** The latest change of this field, as far as it is known. */
async function lastChange(
  { store }: ApiKit,
  { action, names, auditedAs = {} }: Now,
  field: string,
): Promise<AuditRow | undefined> {
  if (action === undefined) return undefined;
  const name = auditedAs[field] ?? field;
  const isIt = ({ target }: AuditRow) =>
    // One change of several settings names them all.
    names.length === 0 ? target.split(' ').includes(field) : names.includes(target);
  const rows = await store.listAudit(LOOKED_THROUGH);
  return rows.find(
    row => row.action === action && isIt(row) && !isSame(partOf(row.before, name), partOf(row.after, name)),
  );
}

function say(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `“${text.length > LONGEST_SAID ? `${text.slice(0, LONGEST_SAID)}…` : text}”`;
}

/**
 * For a change that says how the fields were when they were read (`test` of JSON Patch, RFC 6902 4.6): where one is
 * neither that any more nor what it is to become, somebody else changed it, and nothing is done. Fault `conflict` with
 * the field, what it is now, by whom and since when.
 */
export async function refuseUnseen(
  kit: ApiKit,
  { was, wanted, now }: { readonly was: Fields; readonly wanted: Fields; readonly now: Now },
): Promise<void> {
  const unknown = Object.keys(was).find(name => !Object.hasOwn(now.fields, name));
  if (unknown !== undefined) throw wrong(`was.${unknown}`, 'there is no such field');
  const isUnseen = (name: string) =>
    !isSame(was[name], now.fields[name]) && !isSame(wanted[name], now.fields[name]);
  const field = Object.keys(was).find(isUnseen);
  if (field === undefined) return;
  const formerNames = now.names.length === 0 ? [] : [...now.names, was.name, was.username];
  const last = await lastChange(kit, { ...now, names: formerNames }, field);
  const by = last?.actor.replace(/^(user|key):/, '') ?? null;
  const at = last === undefined ? null : new Date(last.at).toISOString();
  const who = by === null ? 'somebody' : by;
  throw new Fault('conflict', {
    says:
      now.says ??
      `${field}: ${who} changed it meanwhile, to ${say(now.fields[field])}; it was ${say(was[field])}. Nothing was saved.`,
    data: { field, changed: { now: now.fields[field] ?? null, by, at } },
  });
}
