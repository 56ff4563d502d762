import { useEffect, useState } from 'react';
import { Refused } from '../api/client.ts';
import { queries } from '../api/use.ts';

/** How often is looked whether a gateway that was lost is back, in milliseconds. */
const LOOK_MS = 2_000;

/** Whether the gateway answers again. */
export const isBack = (): Promise<boolean> =>
  fetch('/livez', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Since when the gateway has not answered; what was lost is read again as soon as it does. */
export function useLost(): number | undefined {
  const [lostAt, setLostAt] = useState<number>();
  useEffect(() => {
    return queries.getQueryCache().subscribe(({ query }) => {
      const { error, status } = query.state;
      const isLost =
        (error instanceof Refused && error.status === 0) ||
        (query.state.fetchFailureReason instanceof Refused && query.state.fetchFailureReason.status === 0);
      if (isLost) setLostAt(before => before ?? Date.now());
      else if (status === 'success' && query.state.fetchStatus === 'idle') setLostAt(undefined);
    });
  }, []);
  useEffect(() => {
    if (lostAt === undefined) return;
    const timer = setInterval(async () => {
      if (!(await isBack())) return;
      setLostAt(undefined);
      void queries.invalidateQueries();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [lostAt]);
  return lostAt;
}
