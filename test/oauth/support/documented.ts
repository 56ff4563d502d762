import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { type Attack, askFor, type Sent, startAttack } from './attack.ts';
import { type Site, startSite } from './documents.ts';
import { REDIRECT } from './world.ts';

export const json = { 'content-type': 'application/json' };

export type Documented = {
  readonly attack: Attack;
  readonly site: Site;
  /** Answers as no document would; by path. */
  readonly odd: Map<string, (write: ServerResponse) => void>;
  good(path: string): {
    readonly client_id: string;
    readonly client_name: string;
    readonly redirect_uris: readonly string[];
  };
  ask(row: string, id: string, redirect_uri?: string): Promise<Sent>;
  /** The page of a refusal: nobody is sent anywhere. Gives its text. */
  expectRefused(row: string, id: string, redirect?: string): Promise<string>;
  close(): Promise<void>;
};

/** A gateway, and a site that describes clients: well, badly, or not at all. */
export async function startDocumented(): Promise<Documented> {
  const odd: Documented['odd'] = new Map();
  const site = await startSite();
  const [answer] = site.server.listeners('request') as ((...args: unknown[]) => void)[];
  site.server.removeAllListeners('request');
  site.server.on('request', (request, response) => {
    const how = odd.get(request.url ?? '');
    if (how) how(response);
    else answer?.(request, response);
  });
  // Private addresses may be reached where a server of the gateway is (requirements C2).
  const attack = await startAttack({
    servers: { site: site.url('/mcp'), rebind: 'https://rebind.test/mcp' },
    settings: { rateLimit: { enabled: true, dcr: { max: 1000, window: 1 } } },
    env: { ALLOW_CIMD: 'auto' },
  });
  await attack.addPerson('alice');
  const ask: Documented['ask'] = (row, id, redirect_uri = REDIRECT) =>
    attack.send(row, `/authorize?${askFor(id, { redirect_uri })}`);
  return {
    attack,
    site,
    odd,
    ask,
    good: path => ({ client_id: site.url(path), client_name: 'Documented', redirect_uris: [REDIRECT] }),
    expectRefused: async (row, id, redirect) => {
      const sent = await ask(row, id, redirect);
      expect([sent.status, sent.location], sent.text).toEqual([400, undefined]);
      expect(sent.text).toMatch(/invalid_client|invalid_redirect_uri/);
      expect(sent.text).toMatch(/request <code>/);
      return sent.text;
    },
    close: async () => {
      await attack.close();
      await site.close();
    },
  };
}
