import { expect } from 'vitest';
import type { EventRow } from '../../../src/store/index.ts';
import { makePkce, type Params, REDIRECT, startWorld, type World } from './world.ts';

/** What came back, unfollowed. */
export type Sent = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string | undefined;
};

export type Attack = World & {
  /** The gateway's clock goes on. */
  pass(ms: number): void;
  /** One request from an address of its own, named by the row, by which its event is found. */
  send(row: string, path: string, init?: RequestInit, address?: string): Promise<Sent>;
  addressOf(row: string): string;
  /** Everything in the ledger, ten seconds of the gateway's clock later. */
  events(): Promise<readonly EventRow[]>;
  /** Fails for the rows whose address has no event of these types. */
  expectEvents(rows: readonly string[], types?: readonly string[]): Promise<void>;
};

export type AttackOptions = {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly servers?: Readonly<Record<string, string>>;
};

function addresses(): (row: string) => string {
  const known = new Map<string, string>();
  return row => {
    const at = known.size;
    const address = known.get(row) ?? `10.${50 + Math.floor(at / 250)}.7.${(at % 250) + 1}`;
    known.set(row, address);
    return address;
  };
}

/** A world in which each row of a table comes from its own address, and no limit but those that are asked for. */
export async function startAttack({
  settings = {},
  env = {},
  servers = {},
}: AttackOptions = {}): Promise<Attack> {
  let now = Date.now();
  const world = await startWorld({
    servers,
    settings: { rateLimit: { enabled: false }, trustedProxies: '127.0.0.1,::1', ...settings },
    env,
    clock: { now: () => now },
  });
  const addressOf = addresses();
  const send: Attack['send'] = async (row, path, init = {}, address = addressOf(row)) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-for', address);
    const response = await fetch(path.startsWith('http') ? path : world.url(path), {
      redirect: 'manual',
      ...init,
      headers,
    });
    const text = await response.text();
    // Whatever is sent, the answer is that it is wrong, never that the gateway is.
    expect(response.status, `${row}: ${text.slice(0, 300)}`).toBeLessThan(500);
    const location = response.headers.get('location') ?? undefined;
    return { status: response.status, headers: response.headers, text, location };
  };
  const events: Attack['events'] = async () => {
    const before = now;
    now += 10_001;
    await send('the end', '/oauth/token', { method: 'PUT' });
    now += 10_001;
    const rows = () => world.store.listEvents(1000);
    await expect.poll(async () => (await rows()).some(row => row.at > before), { timeout: 8000 }).toBe(true);
    return rows();
  };
  return {
    ...world,
    pass: ms => {
      now += ms;
    },
    send,
    addressOf,
    events,
    expectEvents: async (rows, types = ['oauth_refused']) => {
      const found = await events();
      const seen = new Set(found.filter(row => types.includes(row.type)).map(row => row.address));
      expect(rows.filter(row => !seen.has(addressOf(row)))).toEqual([]);
      expect(rows.length).toBeGreaterThan(0);
    },
  };
}

/** A good authorization request of a client. */
export function askFor(clientId: string, more: Params = {}): URLSearchParams {
  const { challenge } = makePkce();
  const all = {
    client_id: clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'the-state',
    ...more,
  };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given);
}

export const textOf = (body: string): string => {
  try {
    return String(JSON.parse(body).error);
  } catch {
    return '';
  }
};
