import { z } from 'zod';
import { itemOf } from '../../../catalogue/index.ts';
import { TIERS } from '../../../policy/index.ts';
import { operation } from '../../api/operation.ts';

const MOST = 40;

const found = z.object({
  server: z.string(),
  /** As its server calls it. */
  name: z.string(),
  /** Its name on /mcp. */
  exposed: z.string(),
  tier: z.enum(TIERS),
});

/** Tools of all servers by a part of their names, whoever may use them; those that begin so come first. */
export const toolsFound = operation({
  id: 'tools.search',
  method: 'get',
  path: '/admin/api/tools',
  summary: `Up to ${MOST} tools of all servers whose name holds a text, by the server's own name and by that on /mcp`,
  access: 'read',
  query: z.strictObject({ q: z.string().min(1).max(200) }),
  answer: z.array(found),
  handle: async ({ catalogue, live }, { query }) => {
    const wanted = query.q.toLowerCase();
    const fits: { readonly rank: number; readonly one: z.input<typeof found> }[] = [];
    for (const entry of live.current().servers.values()) {
      for (const { key: name, traits } of catalogue.offeredAt(entry)?.lists.tools ?? []) {
        const exposed = catalogue.names.exposed(entry, 'tool', name) ?? name;
        const places = [name, exposed].map(text => text.toLowerCase().indexOf(wanted));
        if (places.every(at => at < 0)) continue;
        const { tier } = itemOf('tool', name, traits);
        fits.push({ rank: places.includes(0) ? 0 : 1, one: { server: entry.name, name, exposed, tier } });
      }
    }
    return fits
      .sort((a, b) => a.rank - b.rank)
      .slice(0, MOST)
      .map(({ one }) => one);
  },
});
