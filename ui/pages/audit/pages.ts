import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call, type Refused } from '../../api/client.ts';
import type { Operations } from '../../api/contract.ts';

type Listed = 'audit.list' | 'auth-log.list';
type Query<K extends Listed> = NonNullable<Operations[K]['query']>;
type Row<K extends Listed> = Answer<K>['entries'][number];

const PAGE = '100';

/** A list page by page, the latest first; more is asked for where the end comes near. */
export function usePages<K extends Listed>(id: K, query: Query<K>, everyMs: number | false) {
  const list = useInfiniteQuery<Answer<K>, Refused, { pages: readonly Answer<K>[] }, unknown[], string>({
    queryKey: [id, 'pages', query],
    queryFn: ({ pageParam, signal }) => {
      const asked = { query: { ...query, limit: PAGE, ...(pageParam !== '' && { before: pageParam }) } };
      return (call as (id: K, given: object, signal: AbortSignal) => Promise<Answer<K>>)(id, asked, signal);
    },
    initialPageParam: '',
    getNextPageParam: last => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
  const rows = (list.data?.pages ?? []).flatMap(({ entries }) => entries as readonly Row<K>[]);
  const more = list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined;
  return { list, rows, more };
}
