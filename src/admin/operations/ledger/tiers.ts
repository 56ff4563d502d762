import type { ServerName } from '../../../base/index.ts';
import { itemOf } from '../../../catalogue/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import type { Tier } from '../../../policy/index.ts';
import type { ToolOf } from '../../../store/index.ts';
import type { ApiKit } from '../../api/kit.ts';

type Kit = Pick<ApiKit, 'catalogue' | 'live'>;
type Called = {
  readonly method: string | null;
  readonly server: string | null;
  readonly target: string | null;
};

function tiersAt({ catalogue }: Kit, entry: ServerEntry | undefined): ReadonlyMap<string, Tier> {
  const tools = (entry && catalogue.offeredAt(entry)?.lists.tools) ?? [];
  return new Map(tools.map(({ key, traits }) => [key, itemOf('tool', key, traits).tier]));
}

/** How much a call may have changed, as its server describes the tool now; null of what is no call, or of no tool that is known. */
export function tierOfCall(kit: Kit): (entry: Called) => Tier | null {
  const { servers } = kit.live.current();
  const known = new Map<string, ReadonlyMap<string, Tier>>();
  return ({ method, server, target }) => {
    if (method !== 'tools/call' || server === null || target === null) return null;
    const tiers = known.get(server) ?? tiersAt(kit, servers.get(server as ServerName));
    known.set(server, tiers);
    return tiers.get(target) ?? null;
  };
}

/** The tools that may change so much. */
export function toolsOfTier(kit: Kit, tier: Tier): readonly ToolOf[] {
  return [...kit.live.current().servers.values()].map(entry => ({
    server: entry.name,
    names: [...tiersAt(kit, entry)].flatMap(([name, of]) => (of === tier ? [name] : [])),
  }));
}
