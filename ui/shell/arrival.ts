import { useEffect } from 'react';
import { toast } from '../kit/toast.tsx';
import { useParam } from './place.ts';

/** Says once that the account is there of whoever comes back from an authorization server, when it really is. */
export function useArrival(isConnected: (server: string) => boolean): void {
  const [server, setServer] = useParam('connected');
  const isThere = server !== '' && isConnected(server);
  useEffect(() => {
    if (!isThere) return;
    toast(`The account at ${server} is connected. What asked for it may call again now.`);
    setServer('', 'within');
  }, [isThere, server, setServer]);
}
