import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { uuidv7 } from '../../../src/base/index.ts';
import { startGatewayHere } from '../../support/gateway-here.ts';
import { tempDir } from '../../support/temp.ts';
import { type Callers, startCallers } from '../api/support/callers.ts';

const MINUTE_MS = 60_000;

type Mark = {
  readonly at: string;
  readonly kind: string;
  readonly target: string | null;
  readonly actor: string | null;
  readonly action: string | null;
  readonly ended_at: string | null;
};

let now = Date.now();
let dir: Awaited<ReturnType<typeof tempDir>>;
let callers: Callers;
const STARTED = now;
beforeAll(async () => {
  dir = await tempDir('authmcp-marks-');
  const options = { servers: {}, dir: dir.path, clock: { now: () => now } };
  await (await startGatewayHere(options)).close();
  now += 10 * MINUTE_MS;
  callers = await startCallers(options);
});
afterAll(async () => {
  await callers.close();
  await dir.remove();
});

const ask = async (query: string): Promise<readonly Mark[]> => {
  const { status, body } = await callers.ask('auditor', `GET /admin/api/figures/marks?${query}`);
  expect(status).toBe(200);
  return body.marks as readonly Mark[];
};
const iso = (at: number) => new Date(at).toISOString();
const health = (server: string, at: number, state: string) =>
  callers.store.health.add({
    ...{ server: server as ServerName, at, state },
    ...{ reason: undefined, latencyMs: undefined },
  });

describe('the marks of a window', () => {
  it('are each start of the gateway, also of those before this one', async () => {
    const second = now;
    now += MINUTE_MS;
    const starts = (await ask('last_seconds=3600')).filter(({ kind }) => kind === 'restart');
    expect(starts.map(({ at }) => at)).toEqual([iso(STARTED), iso(second)]);
    expect((await ask('last_seconds=120')).map(({ at }) => at)).toEqual([iso(second)]);
  });

  it('are what changes how calls go, with who did it, and not who signed out', async () => {
    await callers.ask('admin', 'POST /admin/api/mcp-servers', {
      name: 'mail',
      url: 'http://127.0.0.1:1/mcp',
    });
    await callers.store.addAudit({
      ...{ id: uuidv7(now), at: now, actor: 'user:admin', action: 'user.sign-out', target: 'user' },
      ...{ before: undefined, after: undefined },
    });
    now += MINUTE_MS;
    const changes = (await ask('last_seconds=300')).filter(({ kind }) => kind === 'change');
    expect(changes).toEqual([
      {
        ...{ at: iso(now - MINUTE_MS), kind: 'change', target: 'mail' },
        ...{ actor: 'user:admin', action: 'server.add', ended_at: null },
      },
    ]);
  });

  it('are outages from their start to their end, one for each however often it was looked at', async () => {
    const from = now + 10 * MINUTE_MS;
    for (const [minute, state] of [
      [0, 'online'],
      [1, 'down'],
      [2, 'down'],
      [4, 'degraded'],
      [5, 'online'],
      [7, 'down'],
    ] as const)
      await health('one', from + minute * MINUTE_MS, state);
    await health('two', from - 5 * MINUTE_MS, 'down');
    await health('two', from + 3 * MINUTE_MS, 'online');
    await health('three', from - 6 * MINUTE_MS, 'down');
    await health('three', from - 4 * MINUTE_MS, 'online');
    now = from + 8 * MINUTE_MS;
    const window = `since=${iso(from)}&until=${iso(now)}`;
    const outages = (await ask(window)).filter(one => one.kind === 'outage' && one.target !== 'mail');
    expect(outages.map(({ target, at, ended_at }) => [target, at, ended_at])).toEqual([
      ['two', iso(from), iso(from + 3 * MINUTE_MS)],
      ['one', iso(from + MINUTE_MS), iso(from + 4 * MINUTE_MS)],
      ['one', iso(from + 7 * MINUTE_MS), null],
    ]);
  });

  it.each([
    ['since=yesterday', 'since'],
    ['last_seconds=0', 'last_seconds'],
    ['last_seconds=60&since=2026-01-01T00:00:00Z', 'last_seconds'],
    ['server=mail', 'server'],
    ['since=1990-01-01T00:00:00Z', 'since'],
  ])('%s is refused, with the field', async (query, field) => {
    const { status, body } = await callers.ask('auditor', `GET /admin/api/figures/marks?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ field });
  });
});
