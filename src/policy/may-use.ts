import type { ServerName } from '../base/index.ts';
import type { Caller } from './caller.ts';
import type { Rights, Verdict } from './rights.ts';
import type { Item } from './rule.ts';
import { covers, withEveryScope } from './scopes.ts';

/** Whether there may be anything on this server for the caller: any right, covered by a scope. */
export function mayUse(
  { rights, scopes }: Pick<Caller, 'scopes'> & { readonly rights: Pick<Rights, 'reaches'> },
  server: ServerName,
): boolean {
  return rights.reaches(server) && covers(scopes, server);
}

/** May this caller use this item? Lists, calls, reads and subscriptions all ask it. Nobody may what was not given. */
export function permits(caller: Caller, server: ServerName, item: Item): boolean {
  return covers(caller.scopes, server) && caller.rights.permits(server, item);
}

/** Whether nothing but the scopes of the credential stands between this person and the server. */
export function lacksScope(caller: Caller, server: ServerName): boolean {
  return !mayUse(caller, server) && mayUse(withEveryScope(caller), server);
}

export type Explained = {
  readonly allowed: boolean;
  readonly because: Verdict['because'] | { readonly kind: 'scope' };
};

/** The same decision with its reason. Without scopes: as by a credential for everything. */
export function explain(
  { rights, scopes }: Pick<Caller, 'rights'> & { readonly scopes?: readonly string[] | undefined },
  server: ServerName,
  item: Item,
): Explained {
  const verdict = rights.decide(server, item);
  if (!verdict.allowed || scopes === undefined || covers(scopes, server)) return verdict;
  return { allowed: false, because: { kind: 'scope' } };
}
