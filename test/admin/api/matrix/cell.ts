import type { User } from '../../../../src/store/index.ts';
import { CALLERS, type CallerName, type Callers, type Key, type Session } from '../support/callers.ts';

/** One request of the matrix: who asks, and whom or what for. Everything in it is made for this request alone. */
export type Cell = {
  readonly callers: Callers;
  /** Who asks; of `none` a person who is not signed in. */
  readonly me: User;
  /** Whose things the request is about: one's own, or another person's. */
  readonly whose: User;
  /** A name that nobody has. */
  readonly unique: string;
};

export type Asked = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
};

export type Statuses = Readonly<Record<CallerName, number>>;

/** One operation: what is asked, and what each caller gets for it. */
export type Row = {
  readonly operation: string;
  readonly ask: (cell: Cell) => Asked | Promise<Asked>;
  /** About what is one's own, or belongs to nobody. */
  readonly own: Statuses;
  /** About what is another person's, where the request can name it. */
  readonly other?: Statuses;
};

/** In the order of `CALLERS`: none, user, auditor, admin, disabled, key:mcp, key:admin, key:audit. */
export function statuses(...given: readonly number[]): Statuses {
  if (given.length !== CALLERS.length) throw new Error('one status for each caller');
  return Object.fromEntries(CALLERS.map((name, at) => [name, given[at]])) as Statuses;
}

export const READ = statuses(401, 403, 200, 200, 401, 403, 200, 200);
/** What administrators do in a browser that gave the password lately, and their keys. */
export const CHANGE = statuses(401, 403, 403, 200, 401, 403, 200, 403);
export const CREATE = statuses(401, 403, 403, 201, 401, 403, 201, 403);
/** What no key does. */
export const PERSON = statuses(401, 403, 403, 200, 401, 403, 403, 403);
/** For everybody who is signed in by a browser. */
export const OWN = statuses(401, 200, 200, 200, 401, 403, 403, 403);

const ROLES: Readonly<Record<CallerName, User['role']>> = {
  none: 'user',
  user: 'user',
  auditor: 'auditor',
  admin: 'admin',
  disabled: 'admin',
  'key:mcp': 'admin',
  'key:admin': 'admin',
  'key:audit': 'admin',
};

let count = 0;

type Credential = 'none' | Session | Key;

async function credentialOf(callers: Callers, name: CallerName, user: User): Promise<Credential> {
  if (name === 'none') return 'none';
  if (name.startsWith('key:')) return callers.keyOf(user, [name.slice('key:'.length)]);
  // Sessions end with the account: this is one that was made all the same.
  if (name === 'disabled') {
    await callers.store.setDisabled(user.id, true);
    await callers.refresh();
  }
  return callers.sessionOf(user);
}

/** A caller of this kind, new, and the request that it makes about its own or another's. */
export async function createCell(
  callers: Callers,
  name: CallerName,
  about: 'own' | 'other',
): Promise<{ readonly credential: Credential; readonly cell: Cell }> {
  count++;
  const unique = `m${count}`;
  const me = await callers.addPerson(`${unique}-me`, ROLES[name]);
  const whose = about === 'own' ? me : await callers.addPerson(`${unique}-other`);
  await callers.refresh();
  const credential = await credentialOf(callers, name, me);
  return { credential, cell: { callers, me, whose, unique } };
}
