import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { toast } from '../kit/toast.tsx';
import { type Answer, call, type Given, type Id, Refused } from './client.ts';

/** What was read stays shown while it is read again, and after the connection was lost. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // What it was read of is not there any more: the list that named it is old.
    onError: (error, { queryKey: [asked] }) => {
      if (!(error instanceof Refused) || error.status !== 404) return;
      void queries.invalidateQueries({ queryKey: [`${String(asked).split('.')[0]}.list`] });
    },
  }),
  defaultOptions: {
    queries: {
      // The gateway may be on this machine while the network is not there.
      networkMode: 'always',
      staleTime: 5_000,
      retry: (count, error) => count < 2 && error instanceof Refused && error.status === 0,
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always' },
  },
});

type ReadOptions = {
  /** Read again this often, in milliseconds, while the page is looked at. */
  readonly everyMs?: number;
  readonly isOff?: boolean;
};

/** Reads one operation; the same question asked in two places is asked once. */
export function useRead<K extends Id>(
  id: K,
  given: Given<K>,
  { everyMs, isOff = false }: ReadOptions = {},
): UseQueryResult<Answer<K>, Refused> {
  return useQuery<Answer<K>, Refused>({
    queryKey: [id, given],
    queryFn: ({ signal }) =>
      (call as (id: K, given: Given<K>, signal: AbortSignal) => Promise<Answer<K>>)(id, given, signal),
    placeholderData: keepPreviousData,
    enabled: !isOff,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  });
}

/** What is said and done about a change. */
export type ActOptions<K extends Id> = {
  /** What a toast says when it is done; nothing where the page shows it. */
  readonly says?: string | ((answer: Answer<K>) => string);
  /** Also read again, by the start of their names; what the operation is about always is. */
  readonly touches?: readonly string[];
  /** The page itself says what went wrong, beside the field. */
  readonly isQuiet?: boolean;
  /** It is done when what hangs on it was read again. */
  readonly isDoneWhenRead?: boolean;
  readonly onDone?: (answer: Answer<K>) => void;
};

/** Changes something; what hangs on it is read again. */
export function useAct<K extends Id>(
  id: K,
  { says, touches = [], isQuiet = false, isDoneWhenRead = false, onDone }: ActOptions<K> = {},
): UseMutationResult<Answer<K>, Refused, Given<K>> {
  const client = useQueryClient();
  return useMutation<Answer<K>, Refused, Given<K>>({
    mutationFn: given => (call as (id: K, given: Given<K>) => Promise<Answer<K>>)(id, given),
    // Also after a refusal: often somebody else, or another server, changed what is shown.
    onSettled: () => {
      const roots = [id.split('.')[0] ?? id, ...touches];
      const reading = client.invalidateQueries({
        predicate: ({ queryKey: [asked] }) => roots.some(root => String(asked).startsWith(root)),
      });
      return isDoneWhenRead ? reading : undefined;
    },
    onSuccess: answer => {
      if (says !== undefined) toast(typeof says === 'string' ? says : says(answer));
      onDone?.(answer);
    },
    onError: refused => {
      if (!isQuiet) toast(refused.message, 'bad');
    },
  });
}
