import type { Subject } from '../../../policy/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { wrong } from '../../api/operation.ts';
import { type Directory, readSubject } from '../../grants/subjects.ts';

/** Everybody whom a rule can name, as of now. */
export async function directoryOf({ live, store }: Pick<ApiKit, 'live' | 'store'>): Promise<Directory> {
  const { users, groups, keys } = live.current();
  const clients = await store.oauth.listClients();
  return { users: [...users.values()], groups: [...groups.values()], keys: [...keys.values()], clients };
}

/** Faults `invalid_request` with the field for whom nobody knows. */
export function subjectNamed(field: string, text: string, directory: Directory): Subject {
  const read = readSubject(text, directory);
  if (read.kind === 'found') return read.subject;
  throw wrong(field, read.says);
}
