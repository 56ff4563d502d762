import { printable, type ServerName } from '../../base/index.ts';
import type { Subject } from '../../policy/index.ts';
import type { ApiKey, Group, LimitSubject, OAuthClient, User } from '../../store/index.ts';

/** Everybody and everything that a rule can be about. */
export type Directory = {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly keys: readonly ApiKey[];
  readonly clients: readonly OAuthClient[];
};

const ROLES = ['user', 'auditor', 'admin'] as const;

type Kind = Exclude<Subject['kind'], 'everybody'>;
type Named = { readonly id: string; readonly name?: string | undefined };

/** Who is meant by a name, or by an id. Names differ by more than case. */
function findIn<T extends Named>(all: readonly T[], text: string): T | undefined {
  const name = text.toLowerCase();
  return all.find(one => one.id === text) ?? all.find(one => one.name?.toLowerCase() === name);
}

/** A kind of subject: how it is found by what somebody wrote, and how it is shown. */
const KINDS: Readonly<
  Record<
    Kind,
    (directory: Directory, text: string) => { readonly id: string; readonly shown: string } | undefined
  >
> = {
  user: ({ users }, text) => named(findIn(users, text)),
  group: ({ groups }, text) => named(findIn(groups, text)),
  role: (_, text) => named(ROLES.filter(role => role === text).map(id => ({ id, name: id }))[0]),
  // What a client or a key calls itself is no name: anybody may choose it.
  client: ({ clients }, text) =>
    named(
      clients.find(one => one.id === text),
      one => one.id,
    ),
  key: ({ keys }, text) =>
    named(
      keys.find(one => one.id === text),
      one => one.id,
    ),
};

function named<T extends Named>(
  found: T | undefined,
  show: (one: T) => string = one => one.name ?? one.id,
): { readonly id: string; readonly shown: string } | undefined {
  return found && { id: found.id, shown: show(found) };
}

const isKind = (text: string): text is Kind => Object.hasOwn(KINDS, text);

export type ReadSubject =
  | { readonly kind: 'found'; readonly subject: Subject }
  | { readonly kind: 'unknown'; readonly says: string };

/** `alice`, `user:alice`, `group:family`, `role:auditor`, `client:ID`, `key:ID`, or `everybody`. */
export function readSubject(text: string, directory: Directory): ReadSubject {
  if (text === 'everybody' || text === '*') return { kind: 'found', subject: { kind: 'everybody' } };
  const at = text.indexOf(':');
  const prefix = text.slice(0, Math.max(0, at));
  const [kind, name] = isKind(prefix) ? [prefix, text.slice(at + 1)] : (['user', text] as const);
  const found = KINDS[kind](directory, name);
  if (!found) return { kind: 'unknown', says: `there is no ${kind} ${printable(name)}` };
  return { kind: 'found', subject: { kind, id: found.id } as Subject };
}

/** For taking something away: a client may be gone that had it. */
export function readFormerClient(text: string): { readonly kind: 'client'; readonly id: string } | undefined {
  return text.startsWith('client:') ? { kind: 'client', id: text.slice('client:'.length) } : undefined;
}

/** The text by which `readSubject` finds it again. */
export function showSubject(subject: Subject, directory: Directory): string {
  if (subject.kind === 'everybody') return 'everybody';
  const found = KINDS[subject.kind](directory, subject.id);
  return `${subject.kind}:${found?.shown ?? subject.id}`;
}

export type ReadLimitSubject =
  | { readonly kind: 'found'; readonly subject: LimitSubject }
  | { readonly kind: 'unknown'; readonly says: string };

/** `alice`, `client:ID`, `key:ID` or `server:NAME`. */
export function readLimitSubject(
  text: string,
  directory: Directory,
  isServer: (name: string) => boolean,
): ReadLimitSubject {
  if (text.startsWith('server:')) {
    const id = text.slice('server:'.length);
    if (isServer(id)) return { kind: 'found', subject: { kind: 'server', id: id as ServerName } };
    return { kind: 'unknown', says: `there is no server ${printable(id)}` };
  }
  const read = readSubject(text, directory);
  if (read.kind === 'unknown') return read;
  const { subject } = read;
  if (subject.kind === 'user' || subject.kind === 'client' || subject.kind === 'key')
    return { kind: 'found', subject };
  return { kind: 'unknown', says: 'a limit is of a person, client:ID, key:ID or server:NAME' };
}

export function showLimitSubject(subject: LimitSubject, directory: Directory): string {
  return subject.kind === 'server' ? `server:${subject.id}` : showSubject(subject, directory);
}
