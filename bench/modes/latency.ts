import { fixed, printTable } from '../measure.ts';
import { runLoad, startBackend, startFloor, startSubject } from '../subjects.ts';
import type { Verdict } from '../verdict.ts';

/** What the gateway adds to a call at half of the load that it can bear: percentiles of an open loop, minus the floor's. */
export async function latency({
  seconds,
  isRigTest,
}: {
  readonly seconds: number;
  readonly isRigTest: boolean;
}): Promise<Verdict[]> {
  const backend = await startBackend('--mode', 'json', '--sessions');
  const floor = await startFloor(backend);
  const subject = isRigTest ? await startFloor(backend, 'floor again') : await startSubject(backend);
  try {
    await runLoad({ ...floor.request, connections: 16, seconds: 1.5 });
    await runLoad({ ...subject.request, connections: 16, seconds: 1.5 });
    const full = await runLoad({ ...subject.request, connections: 16, seconds });
    const rate = Math.round(full.perSecond / 2);
    const load = { connections: 64, seconds: seconds * 2, rate };
    const ofFloor = await runLoad({ ...floor.request, ...load });
    const ofSubject = await runLoad({ ...subject.request, ...load });
    console.log(`\nLatency at ${rate} calls a second, half of what ${subject.name} bears (ms)`);
    printTable(
      ['', 'p50', 'p99', 'max', 'errors'],
      [ofFloor, ofSubject].map((one, at) => [
        at === 0 ? 'floor' : subject.name,
        fixed(one.p50),
        fixed(one.p99),
        fixed(one.max),
        String(one.errors),
      ]),
    );
    const [p50, p99] = [ofSubject.p50 - ofFloor.p50, ofSubject.p99 - ofFloor.p99];
    return [
      { what: 'added latency, p50', value: `${fixed(p50)} ms`, bar: '1 ms', isMet: p50 <= 1 },
      { what: 'added latency, p99', value: `${fixed(p99)} ms`, bar: '5 ms', isMet: p99 <= 5 },
    ];
  } finally {
    await Promise.all([subject.close(), floor.close(), backend.close()]);
  }
}
