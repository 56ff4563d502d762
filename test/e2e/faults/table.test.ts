import { expect, it } from 'vitest';
import { FAULTS, PHASES, TRANSPORTS, type Transport } from './kinds.ts';
import { http2025 } from './table/http-2025.ts';
import { http2026 } from './table/http-2026.ts';
import { sse } from './table/sse.ts';
import { stdio } from './table/stdio.ts';

const TABLES: Readonly<Record<Transport, object>> = {
  'http-2025': http2025,
  'http-2026': http2026,
  sse,
  stdio,
};
const OUTCOME = /^(\d{4} (ran|not run)|answers|cut|until cancelled|hears|parks|n\/a: .{10,})$/;

it('each transport, phase and fault has a row that says what comes of it, or why there is no such thing', () => {
  const read = (from: unknown, name: string): unknown => (from as Readonly<Record<string, unknown>>)?.[name];
  const wanting = TRANSPORTS.flatMap(transport =>
    PHASES.flatMap(phase =>
      FAULTS.flatMap(fault => {
        const cell = read(read(read(TABLES, transport), phase), fault);
        const outcomes = typeof cell === 'string' ? [cell] : [read(cell, 'legacy'), read(cell, 'modern')];
        return outcomes.every(one => OUTCOME.test(String(one))) ? [] : [`${transport} ${phase} ${fault}`];
      }),
    ),
  );
  expect(wanting).toEqual([]);
});
