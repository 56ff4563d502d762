import { type Clock, uuidv7 } from '../../base/index.ts';
import type { LedgerStore } from '../../store/index.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';

/** So often it is written down that everything before is on disk. */
const NOTE_MS = 10_000;

export type RunDeps = {
  readonly store: Pick<LedgerStore, 'beginRun' | 'noteRun' | 'endRun'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Where it runs: there a former run that did not end may have lost what it had not written. */
  readonly place: string;
};

/** `end` after the ledger has stopped; `isWhole`: everything was written. */
export type Run = { end(isWhole: boolean): Promise<void> };

/** Begins a run of the ledger. After a crash it is an event from when to when entries may be missing. */
export async function beginRun({ store, ledger, clock, log, place }: RunDeps): Promise<Run> {
  const at = clock.now();
  const id = uuidv7(at);
  const former = await store.beginRun({ id, place, at });
  if (former !== undefined) {
    const iso = (time: number) => new Date(time).toISOString();
    const detail = { from: iso(Math.min(former, at)), to: iso(at), why: 'the gateway ended without a word' };
    ledger.event({ type: 'ledger_gap', severity: 'medium', detail });
    void ledger.flush();
  }
  let isOver = false;
  let noting: Promise<void> = Promise.resolve();
  const note = async () => {
    const now = clock.now();
    if (await ledger.settle(now)) await store.noteRun(id, now);
  };
  const timer = setInterval(() => {
    noting = note().catch(err => log.error({ err }, 'not written'));
  }, NOTE_MS);
  timer.unref();
  return {
    end: async isWhole => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      await noting;
      if (isWhole) await store.endRun(id, clock.now()).catch(err => log.error({ err }, 'not written'));
    },
  };
}
