import type { HealthChange } from '../../store/index.ts';
import { describeServer, HEALTH_SAYS, type HealthReason } from '../../upstream/index.ts';
import { withStore } from '../offline.ts';
import { type CommonFlags, type Context, show } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

const CHANGES = 20;
const timeOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const saysOf = (reason: string | undefined) => HEALTH_SAYS[reason as HealthReason] ?? '-';

/** How a server was when the gateway saw it last. */
export function healthSeen(changes: readonly HealthChange[], name: string) {
  const found = changes.find(one => one.server === name);
  return found ? { state: found.state, since: found.at, reason: found.reason } : undefined;
}

function historyOf(changes: readonly HealthChange[]): string {
  if (changes.length === 0) return 'The gateway has not seen it yet.';
  const rows = changes.map(({ at, state, reason, latencyMs }) => [
    timeOf(at),
    state,
    latencyMs === undefined ? '-' : latencyMs.toFixed(1),
    saysOf(reason),
  ]);
  return renderTable(['SINCE', 'HEALTH', 'MS', 'WHY'], rows);
}

/** One server, and how it was, the latest first. */
export async function showServer(context: Context, given: string, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, server, servers }) => {
    const name = await server(given);
    const entry = (await servers()).find(each => each.name === name);
    if (!entry) throw new Refusal(`There is no server ${name}.`);
    const about = describeServer(entry);
    const changes = await store.health.list(name, CHANGES);
    const facts = Object.entries(about)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
    const health = healthSeen(changes, name) ?? null;
    const text = `${renderTable(['WHAT', 'IS'], facts)}\n\n${historyOf(changes)}`;
    show(context, flags, { ...about, health, changes }, text);
  });
}
