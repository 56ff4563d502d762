import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../../test/support/mcp.ts';
import { freePort } from '../../test/support/ports.ts';
import { fixed } from '../measure.ts';
import { startBenchGateway } from '../subjects.ts';
import type { Verdict } from '../verdict.ts';

/** From the start of the process to its first answer, with fifty servers configured and nobody there. */
export async function start(): Promise<Verdict[]> {
  const nobody = await freePort();
  const servers = Array.from({ length: 50 }, (_, at) => [`s${at}`, `http://127.0.0.1:${nobody}/${at}/mcp`]);
  const started = performance.now();
  const gateway = await startBenchGateway(Object.fromEntries(servers));
  try {
    // The line that says where it listens comes before the token of the test is made, so it marks the first answer.
    const ms = gateway.readyAt - started;
    const { status } = await fetch(gateway.url('/livez'));
    return [
      {
        what: 'start with 50 dead servers',
        value: `${fixed(ms, 0)} ms (${status})`,
        bar: '1500 ms',
        isMet: status === 200 && ms <= 1500,
      },
    ];
  } finally {
    await gateway.close();
  }
}

/** While forty people log in at once, everybody else must still be answered. */
export async function logins(): Promise<Verdict[]> {
  const gateway = await startBenchGateway({});
  try {
    const times: number[] = [];
    let isOver = false;
    const probe = (async () => {
      while (!isOver) {
        const since = performance.now();
        await (await fetch(gateway.url('/livez'))).text();
        times.push(performance.now() - since);
        await sleep(2);
      }
    })();
    const credentials = { username: 'admin', password: 'wrong-password-1A!' };
    await Promise.all(Array.from({ length: 40 }, () => post(gateway.url('/auth/login'), credentials)));
    isOver = true;
    await probe;
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
    return [
      { what: '/livez during 40 logins, p99', value: `${fixed(p99, 1)} ms`, bar: '50 ms', isMet: p99 <= 50 },
    ];
  } finally {
    await gateway.close();
  }
}
