import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/base/index.ts';
import type { Exchange } from '../../src/http/index.ts';
import { createLog, Ledger } from '../../src/ledger/index.ts';
import type { Snapshot } from '../../src/live/index.ts';
import type { Caller } from '../../src/policy/index.ts';
import { createAdmission, Meters } from '../../src/proxy/index.ts';
import type { EventRow, Limit } from '../../src/store/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';

const LIMITS = { isEnabled: true, mcp: { max: 60, window: 60, burst: 5 }, failed: { max: 3, window: 60 } };

let clock: TestClock;
let ledger: Ledger;
let events: EventRow[];
beforeEach(() => {
  clock = createClock();
  events = [];
  const store = {
    writeLedger: async (batch: { events: readonly EventRow[] }) => void events.push(...batch.events),
  };
  ledger = new Ledger({ store, clock, log: createLog('silent') });
});
afterEach(() => ledger.stop());

/** Nobody has a limit of their own here. */
const parts = () => {
  const live = { current: () => ({ limits: [] as readonly Limit[] }) as Snapshot };
  const usual = { client: 0, key: 0, server: 0, windowS: 60 };
  return { clock, ledger, meters: new Meters({ live, clock, ledger, usual: () => usual }) };
};

const who = (principal: string) => ({ principal }) as Caller;
const from = (address: string) => ({ address }) as Exchange;

/** How many of these went through before the first refusal, and that refusal. */
function until(work: () => void, most = 100): { readonly passed: number; readonly fault: Fault | undefined } {
  for (let passed = 0; passed < most; passed++) {
    try {
      work();
    } catch (fault) {
      return { passed, fault: fault as Fault };
    }
  }
  return { passed: most, fault: undefined };
}

describe('who asks too often', () => {
  it('is refused with the time to wait, and let in after it', async () => {
    const { admit } = createAdmission(LIMITS, parts());
    const { passed, fault } = until(() => admit(who('alice'), from('a')));
    expect(passed).toBe(5);
    expect(fault).toMatchObject({ fault: 'limit_exceeded', status: 429 });
    const wait = fault?.data?.retryAfterMs ?? 0;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1000);
    clock.pass(wait);
    expect(until(() => admit(who('alice'), from('a'))).passed).toBe(1);
    await ledger.flush();
    expect(events).toMatchObject([{ type: 'rate_limited', principal: 'alice', count: 2 }]);
  });

  it('takes nothing from others', () => {
    const { admit } = createAdmission(LIMITS, parts());
    until(() => admit(who('alice'), from('a')));
    expect(until(() => admit(who('bob'), from('a'))).passed).toBe(5);
  });

  it('by refused credentials is counted by address [T14]', () => {
    const { noteRefused } = createAdmission(LIMITS, parts());
    expect(until(() => noteRefused(from('203.0.113.9'))).passed).toBe(3);
    expect(until(() => noteRefused(from('203.0.113.10'))).passed).toBe(3);
    clock.pass(60_000);
    expect(until(() => noteRefused(from('203.0.113.9'))).passed).toBe(3);
  });

  it('is let in where the operator switched limits off', () => {
    const { admit, noteRefused } = createAdmission({ ...LIMITS, isEnabled: false }, parts());
    expect(until(() => admit(who('alice'), from('a'))).fault).toBeUndefined();
    expect(until(() => noteRefused(from('a'))).fault).toBeUndefined();
  });
});

describe('the places for open streams', () => {
  const open = (address = 'a') => {
    const response = new EventEmitter();
    return { exchange: { address, response } as unknown as Exchange, close: () => response.emit('close') };
  };

  it.for([
    ['stream', 32],
    ['listen', 16],
  ] as const)(
    'of kind %s are %i for a person; who wants one more is told when, and so is the ledger',
    async ([kind, most]) => {
      const { seat } = createAdmission(LIMITS, parts());
      const held = Array.from({ length: most }, () => open());
      for (const one of held) seat(who('alice'), one.exchange, kind);
      const { passed, fault } = until(() => seat(who('alice'), open().exchange, kind), 3);
      expect(passed).toBe(0);
      expect(fault).toMatchObject({ fault: 'limit_exceeded', code: 1005, data: { retryAfterMs: 5000 } });
      expect(until(() => seat(who('bob'), open().exchange, kind), most).passed).toBe(most);
      held[0]?.close();
      expect(until(() => seat(who('alice'), open().exchange, kind), 3).passed).toBe(1);
      await ledger.flush();
      expect(events).toMatchObject([{ type: 'rate_limited', principal: 'alice' }]);
    },
  );

  it('are not counted where limits are off', () => {
    const { seat } = createAdmission({ ...LIMITS, isEnabled: false }, parts());
    expect(until(() => seat(who('alice'), open().exchange, 'stream'), 100).passed).toBe(100);
  });
});
