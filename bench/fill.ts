import { uuidv7 } from '../src/base/index.ts';
import { loadConfig } from '../src/config/index.ts';
import { type ActivityRow, openStore } from '../src/store/index.ts';

const BATCH = 2_500;
const DAY_MS = 86_400_000;
const [SERVERS, TOOLS, PEOPLE] = [10, 20, 50];

/** One entry of many: what it is of follows from its number, so that each run fills the same. */
function rowOf(at: number, n: number): ActivityRow {
  const [server, person] = [`server-${n % SERVERS}`, n % PEOPLE];
  const isBad = n % 37 === 0;
  return {
    id: uuidv7(at),
    at,
    principal: `00000000-0000-7000-8000-${String(person).padStart(12, '0')}`,
    userName: `person-${person}`,
    credential: 'key:bench',
    client: `client-${n % 12}`,
    clientName: `bench ${n % 12}`,
    userAgent: 'bench',
    address: `10.0.${person}.1`,
    endpoint: '/mcp',
    era: '2025',
    session: undefined,
    method: 'tools/call',
    server,
    target: `tool-${(n * 7) % TOOLS}`,
    outcome: isBad ? 'error' : 'ok',
    fault: isBad ? 'upstream_timeout' : undefined,
    code: isBad ? 1002 : undefined,
    status: 200,
    durationMs: 1 + ((n * 31) % 997),
    upstreamMs: (n * 31) % 997,
    bytesIn: 200,
    bytesOut: 900,
    count: 1,
    serverEra: '2025',
    traceId: undefined,
  };
}

export type Filled = { readonly rows: number; readonly days: number };

/** A ledger of so many entries in the folder of a gateway that is not started yet; says what one cost, in microseconds. */
export async function fillLedger(dir: string, { rows, days }: Filled): Promise<number> {
  const dataDir = `${dir}/data`;
  const { master } = loadConfig({ flags: { dataDir, port: '0' }, env: {}, cwd: dir });
  const store = await openStore({ dataDir, master });
  const [from, step] = [Date.now() - days * DAY_MS, (days * DAY_MS) / rows];
  const began = performance.now();
  for (let n = 0; n < rows; n += BATCH) {
    const size = Math.min(BATCH, rows - n);
    const activity = Array.from({ length: size }, (_, i) => rowOf(Math.floor(from + (n + i) * step), n + i));
    await store.writeLedger({ activity, events: [] });
    if ((n / BATCH) % 400 === 0) console.log(`  ${n} of ${rows} entries`);
  }
  const ms = performance.now() - began;
  await store.close();
  return (ms / rows) * 1000;
}
