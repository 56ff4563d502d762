import { useEffect, useState } from 'react';
import { Refused } from '../api/client.ts';
import { queries } from '../api/use.ts';

/** How often is looked whether the gateway answers, and whether one that was lost is back, in milliseconds. */
const BEAT_MS = 5_000;
const LOOK_MS = 2_000;
/** One that takes longer than this to say that it lives hangs. */
const PATIENCE_MS = 4_000;

/** Whether the gateway answers. */
export const isBack = (): Promise<boolean> =>
  fetch('/livez', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );

const isLostReading = ({ error, fetchFailureReason }: { error: unknown; fetchFailureReason: unknown }) =>
  [error, fetchFailureReason].some(one => one instanceof Refused && one.status === 0);

/**
 * Since when the gateway has not answered; what was lost is read again as soon as it does. A gateway that hangs refuses
 * nothing, so it is asked as well while the page is looked at.
 */
export function useLost(): number | undefined {
  const [lostAt, setLostAt] = useState<number>();
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query }) => {
        if (isLostReading(query.state)) setLostAt(before => before ?? Date.now());
      }),
    [],
  );
  useEffect(() => {
    let isOver = false;
    const look = async () => {
      if (document.visibilityState === 'hidden') return;
      const asked = Date.now();
      const answers = await isBack();
      if (isOver) return;
      if (!answers) return setLostAt(before => before ?? asked);
      if (lostAt === undefined) return;
      setLostAt(undefined);
      void queries.invalidateQueries();
    };
    const soon = () => void look();
    const timer = setInterval(soon, lostAt === undefined ? BEAT_MS : LOOK_MS);
    for (const event of ['offline', 'online'] as const) window.addEventListener(event, soon);
    document.addEventListener('visibilitychange', soon);
    return () => {
      isOver = true;
      clearInterval(timer);
      for (const event of ['offline', 'online'] as const) window.removeEventListener(event, soon);
      document.removeEventListener('visibilitychange', soon);
    };
  }, [lostAt]);
  return lostAt;
}
