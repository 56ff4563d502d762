import { useEffect, useRef, useState } from 'react';
import { type Answer, addressOf, type Given } from './client.ts';

export type Entry = Answer<'activity.list'>['entries'][number];
export type SecurityEvent = Answer<'security-events.list'>[number];

export type Told =
  | { readonly kind: 'entry'; readonly row: Entry }
  | { readonly kind: 'event'; readonly row: SecurityEvent }
  | { readonly kind: 'missed'; readonly count: number | null };

/** `on`: what happens comes as it happens. `lost`: the browser tries again by itself and goes on where it was. */
export type Line = 'off' | 'opening' | 'on' | 'lost';

/** Follows the live feed (HTML standard, server-sent events) as long as `isOn`. */
export function useLive(
  query: Given<'activity.live'> extends { query?: infer Q } ? Q : never,
  onTold: (told: Told) => void,
  isOn = true,
): Line {
  const [line, setLine] = useState<Line>('off');
  const follower = useRef(onTold);
  follower.current = onTold;
  const address = addressOf('activity.live', { query } as Given<'activity.live'>);
  useEffect(() => {
    if (!isOn) return setLine('off');
    setLine('opening');
    const source = new EventSource(address);
    source.onopen = () => setLine('on');
    source.onerror = () => setLine('lost');
    const follow = (kind: 'entry' | 'event') => (event: MessageEvent<string>) =>
      follower.current({ kind, row: JSON.parse(event.data) } as Told);
    source.addEventListener('entry', follow('entry'));
    source.addEventListener('event', follow('event'));
    source.addEventListener('missed', event =>
      follower.current({
        kind: 'missed',
        ...(JSON.parse((event as MessageEvent<string>).data) as { count: number | null }),
      }),
    );
    return () => source.close();
  }, [address, isOn]);
  return line;
}
