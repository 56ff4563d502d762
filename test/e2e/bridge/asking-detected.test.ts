import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type TestClock } from '../../auth/support/world.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { toldBy } from '../support/told.ts';
import { askers } from './support/askers.ts';

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;
let clock: TestClock;
const { asOld, asNew } = askers(() => gateway);
const CELLS = [
  ['2025', 'old', asOld],
  ['2025', 'modern', asOld],
  ['2026', 'old', asNew],
  ['2026', 'modern', asNew],
] as const;

type Attitude = 'off' | 'log' | 'block';

async function open(attitude: Attitude): Promise<void> {
  [old, modern] = await Promise.all([startEcho2025({ mode: 'sse', acts: true }), startEcho2026()]);
  clock = createClock(Date.now());
  gateway = await startGatewayHere({
    clock,
    servers: { old: old.url, modern: modern.url },
    settings: { detectors: { elicitation_url: attitude, elicitation_secret: attitude } },
  });
}

async function close(): Promise<void> {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
}

type Told = { readonly type: string; readonly server: string | undefined; readonly action: unknown };
async function told(): Promise<readonly Told[]> {
  return (await toldBy(gateway, clock)).map(({ type, server, detail }) => {
    return { type, server, action: (JSON.parse(detail) as { action?: unknown }).action };
  });
}

describe('what servers ask of people, where that is blocked', () => {
  beforeAll(() => open('block'));
  afterAll(close);

  it.for(CELLS)('a client of %s before %s is sent to no page, however secure', async ([, server, call]) => {
    const { asked, text } = await call(server, 'ask_url');
    expect(asked).toEqual([]);
    expect(text).not.toContain('echo.example/confirm');
    expect(await told()).toContainEqual({ type: 'elicitation_url', server, action: 'blocked' });
  });

  it.for(CELLS)('a client of %s before %s is asked for no password', async ([, server, call]) => {
    const { asked, text } = await call(server, 'ask_secret');
    expect(asked).toEqual([]);
    expect(text).not.toContain('requestedSchema');
    expect(await told()).toContainEqual({ type: 'elicitation_secret', server, action: 'blocked' });
  });

  it.for(CELLS)('a client of %s before %s is asked what is no secret', async ([, server, call]) => {
    expect((await call(server, 'ask_form')).asked).toHaveLength(1);
  });
});

describe('what servers ask of people, where nothing is looked for', () => {
  beforeAll(() => open('off'));
  afterAll(close);

  it.for(CELLS)('a client of %s before %s is asked, and nothing is told', async ([, server, call]) => {
    expect((await call(server, 'ask_url')).asked).toHaveLength(1);
    expect((await call(server, 'ask_secret')).asked).toHaveLength(1);
    expect((await told()).filter(({ type }) => type.startsWith('elicitation_'))).toEqual([]);
  });

  it.for(CELLS)(
    'a client of %s before %s is sent to no page that is not secure',
    async ([, server, call]) => {
      for (const name of ['ask_plain_url', 'ask_script_url'])
        expect((await call(server, name)).asked).toEqual([]);
      expect((await told()).filter(({ type }) => type.startsWith('elicitation_'))).toEqual([]);
    },
  );
});
