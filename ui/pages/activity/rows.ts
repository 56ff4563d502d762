import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { call, type Refused } from '../../api/client.ts';
import { type Entry, type Line, useLive } from '../../api/live.ts';
import type { Window } from '../../shell/place.ts';
import type { Filter } from './filters.ts';

const PAGE = '100';
const MOST_WAITING = 2_000;

export type Rows = {
  readonly rows: readonly Entry[];
  /** Came while the list was read, and waits until somebody wants to see it. */
  readonly waiting: readonly Entry[];
  readonly missed: number;
  readonly line: Line;
  readonly isLoading: boolean;
  readonly error: Refused | null;
  readonly show: () => void;
  readonly more: (() => void) | undefined;
  readonly again: () => void;
};

/** The entries of the window that fit, a page at a time, and those that come while one looks: they never move the list. */
export function useRows(filter: Filter, window: Window, isLive: boolean): Rows {
  const [waiting, setWaiting] = useState<readonly Entry[]>([]);
  // Told already, and perhaps not written yet.
  const [told, setTold] = useState<readonly Entry[]>([]);
  const [missed, setMissed] = useState(0);
  const key = ['activity.list', 'pages', filter, window.id];
  // One request is looked for wherever it is, not only in the window.
  const span = filter.id === undefined ? window.span : {};
  const read = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call(
        'activity.list',
        { query: { ...span, ...filter, limit: PAGE, ...(pageParam && { before: pageParam }) } },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { id: _, ...followed } = filter;
  const line = useLive(
    { kind: 'entry', ...followed },
    one => {
      if (one.kind === 'entry') setWaiting(before => [one.row, ...before].slice(0, MOST_WAITING));
      else if (one.kind === 'missed') setMissed(before => before + (one.count ?? 1));
    },
    isLive && filter.id === undefined && !('until' in window.span),
  );
  const name = JSON.stringify(key);
  useEffect(() => {
    setWaiting([]);
    setTold([]);
    setMissed(0);
  }, [name]);
  const show = useCallback(() => {
    setTold(before => [...waiting, ...before]);
    setWaiting([]);
    if (missed > 0) void read.refetch();
    setMissed(0);
  }, [read.refetch, waiting, missed]);
  const rows = useMemo(() => {
    const known = new Set(told.map(({ id }) => id));
    const pages = read.data?.pages.flatMap(({ entries }) => entries) ?? [];
    return [...told, ...pages.filter(({ id }) => !known.has(id))];
  }, [told, read.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  return {
    rows,
    ...{ waiting, missed, line, show, isLoading: read.isPending, error: read.error as Refused | null },
    more: hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined,
    again: () => void read.refetch(),
  };
}
