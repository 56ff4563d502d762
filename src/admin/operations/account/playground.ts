import { z } from 'zod';
import { uuidv7 } from '../../../base/index.ts';
import { operation } from '../../api/operation.ts';

const TTL_MS = 10 * 60_000;

/** What the playground is called in the log of activity. */
export const PLAYGROUND = 'authmcp-playground';

/**
 * The playground is an MCP client like any other: it sends no cookie to /mcp but this token, which it holds in memory.
 * It opens what its person may use, and ends by itself.
 */
export const playgroundToken = operation({
  id: 'account.playground-token',
  method: 'post',
  path: '/account/api/playground-token',
  summary: 'A token for /mcp that is good for ten minutes, for the page that tries things out',
  access: 'own',
  answer: z.object({ token: z.string(), expires_at: z.number() }),
  handle: async ({ mint, clock }, { actor }) => {
    const as = { client: PLAYGROUND, ttlMs: TTL_MS };
    const { token, expiresAt } = await mint(actor.user.id, uuidv7(clock.now()), as);
    return { token, expires_at: expiresAt };
  },
});
