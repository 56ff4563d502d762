import { z } from 'zod';
import { type Happened, type Reader, showEntry, showEvent, type Told } from '../../../ledger/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, streamed } from '../../api/operation.ts';
import { entryFilter } from './activity.ts';
import { nameOf } from './names.ts';
import { tierOfCall } from './tiers.ts';

/** A quiet stream says where it stands this often, and whether it may go on is looked at as often. */
const BEAT_MS = 15_000;

type Wanted = Readonly<Record<string, string | undefined>>;

/** An event has some of the parts that an entry has; of what it lacks, nothing can be asked. */
const shownOf = (happened: Happened): Readonly<Record<string, unknown>> =>
  happened.kind === 'entry'
    ? showEntry(happened.row)
    : { ...showEvent(happened.row), address: happened.row.address };

function isSo(shown: Readonly<Record<string, unknown>>, name: string, value: string | undefined): boolean {
  if (name === 'bridged') return shown.bridged === (value === '1');
  return name.startsWith('not_') ? shown[name.slice(4)] !== value : shown[name] === value;
}

function isWanted(kit: ApiKit, { kind, tier, ...wanted }: Wanted): (happened: Happened) => boolean {
  const parts = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return happened => {
    if (kind !== undefined && happened.kind !== kind) return false;
    if (parts.length === 0 && tier === undefined) return true;
    const shown = shownOf(happened);
    if (
      tier !== undefined &&
      (happened.kind !== 'entry' || tierOfCall(kit)(showEntry(happened.row)) !== tier)
    )
      return false;
    return parts.every(([name, value]) => isSo(shown, name, value));
  };
}

/** The HTML standard, "Server-sent events". JSON has no line breaks, so one field holds it. */
function frameOf(told: Told, kit: ApiKit): string {
  const data =
    told.kind === 'missed'
      ? { count: told.count ?? null }
      : told.kind === 'entry'
        ? showEntry(told.row)
        : { ...showEvent(told.row), username: nameOf(kit, told.row.principal) };
  return `id: ${told.id}\nevent: ${told.kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An id without data moves the reader's place, and tells them nothing. */
const beatOf = ({ id }: Reader) => `id: ${id}\n\n`;

/** Ends the reading when whoever reads may not any more: the session or key ended, or the role is another one. */
function endWithRight(reader: Reader, { live }: ApiKit, { mayStill }: Asker): () => void {
  const look = () =>
    void mayStill().then(may => {
      if (!may) reader.close();
    });
  const release = live.onSwap(look);
  const timer = setInterval(look, BEAT_MS);
  timer.unref();
  return () => {
    release();
    clearInterval(timer);
  };
}

function eventStream(reader: Reader, kit: ApiKit, asked: Asker): Response {
  const stopLooking = endWithRight(reader, kit, asked);
  const encoder = new TextEncoder();
  const end = () => {
    stopLooking();
    reader.close();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: controller => controller.enqueue(encoder.encode(`retry: 2000\n${beatOf(reader)}`)),
      // Asked only when the client took what came before: what it is too slow for waits in the reader, which has a bound.
      pull: async controller => {
        const taken = await reader.take(BEAT_MS);
        if (taken === undefined) {
          end();
          controller.close();
          return;
        }
        const text = taken.map(told => frameOf(told, kit)).join('') || beatOf(reader);
        controller.enqueue(encoder.encode(text));
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  });
}

/** What happens, as it happens. */
export const liveFeed = streamed({
  id: 'activity.live',
  method: 'get',
  path: '/admin/api/activity/live',
  summary:
    'Entries and security events as they come, as server-sent events; Last-Event-ID goes on, `missed` says what was left out',
  access: 'read',
  query: z.strictObject({ kind: z.enum(['entry', 'event']).optional(), ...entryFilter }),
  media: ['text/event-stream'],
  handle: async (kit, asked) => {
    const after = asked.header('last-event-id');
    const reader = kit.feed.read({
      isWanted: isWanted(kit, asked.query),
      ...(after !== undefined && { after: after.slice(0, 64) }),
    });
    return eventStream(reader, kit, asked);
  },
});
