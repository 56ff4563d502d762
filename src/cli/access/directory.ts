import type { Directory } from '../../admin/index.ts';
import type { Subject } from '../../policy/index.ts';
import type { Store } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';

/** Everybody whom a rule can name. */
export async function directoryOf(store: Store): Promise<Directory> {
  const [users, groups, keys, clients] = await Promise.all([
    store.listUsers(),
    store.listGroups(),
    store.listKeys(),
    store.oauth.listClients(),
  ]);
  return { users, groups, keys, clients };
}

/** Throws a Refusal for whom nobody knows. */
export async function subjectNamed(text: string, directory: Directory): Promise<Subject> {
  const { readSubject } = await import('../../admin/index.ts');
  const read = readSubject(text, directory);
  if (read.kind === 'found') return read.subject;
  throw new Refusal(`${read.says.slice(0, 1).toUpperCase()}${read.says.slice(1)}.`);
}
