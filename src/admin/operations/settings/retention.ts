import { z } from 'zod';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';
import { isoTime } from '../fields.ts';

const DAY_MS = 86_400_000;
const MB = 1024 * 1024;
/** So long before the first entries go is said that they will. */
const SOON_MS = 3 * DAY_MS;
/** Above this share of the room somebody should look at it. */
const FULL = 0.9;

const shown = z.object({
  days: z.number(),
  rows: z.number(),
  most_rows: z.number(),
  bytes: z.number(),
  most_bytes: z.number(),
  /** Of the oldest entry. */
  oldest: z.string().nullable(),
  /**
   * Why entries are about to go that nobody expects to: `room`: before their days are over; `age`: the first ones of
   * this gateway, whose days are over soon.
   */
  about_to_drop: z.enum(['room', 'age']).nullable(),
  /** When the oldest has its days behind it. */
  first_goes: z.string().nullable(),
});

type Shown = z.input<typeof shown>;

function whyOf(
  kit: ApiKit,
  room: number,
  days: number,
  oldestAt: number | undefined,
): Shown['about_to_drop'] {
  const now = kit.clock.now();
  if (oldestAt === undefined) return null;
  const endsAt = oldestAt + days * DAY_MS;
  if (room >= FULL && endsAt - now > DAY_MS) return 'room';
  // Whoever runs a gateway longer than entries are kept knows that they go, day by day.
  const since = Math.min(...[...kit.live.current().users.values()].map(({ createdAt }) => createdAt));
  return endsAt - now <= SOON_MS && now - since < days * DAY_MS ? 'age' : null;
}

/** How much of the ledger is kept, and whether some of it is about to go. */
export const retentionShown = operation({
  id: 'retention.show',
  method: 'get',
  path: '/admin/api/retention',
  summary:
    'How many entries are kept and for how long, and whether some are about to go before one expects it',
  access: 'read',
  answer: shown,
  handle: async kit => {
    const { settings } = kit.configNow();
    const [days, mostRows] = [settings['ledger.daysToKeep'], settings['ledger.maxRows']];
    const mostBytes = settings['ledger.maxMb'] * MB;
    const [{ rows, bytes }, [oldest]] = await Promise.all([
      kit.store.ledger.size(),
      kit.store.ledger.oldest('activity', 1, kit.clock.now()),
    ]);
    const room = Math.max(rows / mostRows, bytes / mostBytes);
    return {
      ...{ days, rows, bytes, most_rows: mostRows, most_bytes: mostBytes },
      oldest: isoTime(oldest?.at),
      about_to_drop: whyOf(kit, room, days, oldest?.at),
      first_goes: isoTime(oldest && oldest.at + days * DAY_MS),
    };
  },
});
