import { uuidv7 } from '../../../../src/base/index.ts';
import type { ActivityRow } from '../../../../src/store/index.ts';

/** A call that went well, and what differs. */
export function entryAt(at: number, more: Partial<ActivityRow> = {}): ActivityRow {
  return {
    ...{ id: uuidv7(at), at, principal: 'u1', userName: 'alice', credential: 'k1', client: 'laptop' },
    ...{ clientName: undefined, userAgent: undefined, address: '127.0.0.1', endpoint: '/mcp' },
    ...{ era: 'legacy', session: undefined, method: 'tools/call', server: 'home', target: 'turn_on' },
    ...{ outcome: 'ok' as const, fault: undefined, code: undefined, status: 200, durationMs: 3 },
    ...{ upstreamMs: 2, bytesIn: 10, bytesOut: 20, count: 1, serverEra: undefined, traceId: undefined },
    ...more,
  };
}

/** Numbers from a seed, so that a failure can be run again. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
