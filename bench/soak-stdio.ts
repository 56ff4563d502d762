// node bench/soak-stdio.ts --minutes 10: programs are started, called, crashed and reaped; nothing may stay.
import { parseArgs } from 'node:util';
import { soak } from '../test/upstream/support/soak.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const soaked = await soak(Number(values.minutes) * 60_000);
console.log(JSON.stringify(soaked, null, 2));
const { before, after, orphans } = soaked;
const isFlat = after.heapMb < before.heapMb + 10 && after.fds <= before.fds + 2;
console.log(orphans === 0 && isFlat ? 'ok' : 'FAILED');
process.exitCode = orphans === 0 && isFlat ? 0 : 1;
