import type { SignedIn } from '../../../auth/index.ts';
import { Fault } from '../../../base/index.ts';
import type { Asker } from '../../api/operation.ts';

/** What is one's own is done in a browser: no key comes this far. */
export function sessionOf({ actor }: Pick<Asker, 'actor'>): SignedIn {
  if (!actor.session) throw new Fault('unauthorized');
  return actor.session;
}
