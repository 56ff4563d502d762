import { useMemo } from 'react';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import type { ChartMark } from '../../kit/chart.tsx';
import { exactText, millisOf, spanText } from '../../kit/time.tsx';
import { useWindow } from '../../shell/place.ts';

type Mark = Answer<'figures.marks'>['marks'][number];

const LEVELS = { restart: 'warn', change: 'off', outage: 'bad' } as const;

function titleOf({ at, kind, target, actor, action, ended_at }: Mark): string {
  const when = exactText(at);
  if (kind === 'restart') return `${when}: the gateway started`;
  if (kind === 'change') return `${when}: ${actor} did ${action} of ${target}`;
  const took = (millisOf(ended_at) ?? 0) - (millisOf(at) ?? 0);
  return ended_at === null
    ? `${when}: ${target} went down, and still is`
    : `${when}: ${target} went down for ${spanText(took)}`;
}

/** Restarts, changes and outages of the time that is looked at. */
export function useMarks(): readonly ChartMark[] | undefined {
  const [window] = useWindow();
  const marks = useRead('figures.marks', { query: window.query }, { everyMs: 15_000 }).data?.marks;
  return useMemo(
    () => marks?.map(one => ({ at: millisOf(one.at) ?? 0, level: LEVELS[one.kind], title: titleOf(one) })),
    [marks],
  );
}
