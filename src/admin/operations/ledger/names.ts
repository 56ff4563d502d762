import type { UserId } from '../../../base/index.ts';
import type { ApiKit } from '../../api/kit.ts';

/** What a person is called now; null for nobody, or who is gone. */
export function nameOf({ live }: Pick<ApiKit, 'live'>, principal: string | undefined): string | null {
  return principal === undefined ? null : (live.current().users.get(principal as UserId)?.name ?? null);
}
