import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../../test/support/mcp.ts';
import { freePort } from '../../test/support/ports.ts';
import { fixed } from '../measure.ts';
import { runLoad, startBackend, startBenchGateway } from '../subjects.ts';
import type { Verdict } from '../verdict.ts';

const SERVERS = 100;
const DEAD = 5;

/** `tools/list` of a hundred servers with twenty tools, three of them dead and two silent, from what was read before. */
export async function list({ seconds }: { readonly seconds: number }): Promise<Verdict[]> {
  const backend = await startBackend('--tools', '20');
  const nobody = await freePort();
  const urlOf = (at: number) => {
    if (at >= DEAD) return `http://127.0.0.1:${backend.port}/${at}/mcp`;
    return at < 3 ? `http://127.0.0.1:${nobody}/mcp` : `http://127.0.0.1:${backend.port}/hang/${at}/mcp`;
  };
  const servers = Object.fromEntries(Array.from({ length: SERVERS }, (_, at) => [`s${at}`, urlOf(at)]));
  const gateway = await startBenchGateway(servers);
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${gateway.adminToken}`,
  };
  try {
    const expected = (SERVERS - DEAD) * 20;
    const found = await untilListed(gateway.url('/mcp'), { body, headers, expected });
    const before = (await backend.counts())['tools/list'] ?? 0;
    const result = await runLoad({
      port: gateway.port,
      path: '/mcp',
      headers,
      body,
      connections: 4,
      seconds,
    });
    const asked = ((await backend.counts())['tools/list'] ?? 0) - before;
    return [
      { what: 'tools listed', value: String(found), bar: String(expected), isMet: found === expected },
      {
        what: 'tools/list, p99',
        value: `${fixed(result.p99)} ms (p50 ${fixed(result.p50)})`,
        bar: '20 ms',
        isMet: result.p99 <= 20,
      },
      { what: 'tools/list, errors', value: String(result.errors), bar: '0', isMet: result.errors === 0 },
      { what: 'lists asked of servers meanwhile', value: String(asked), bar: '0', isMet: asked === 0 },
    ];
  } finally {
    await Promise.all([gateway.close(), backend.close()]);
  }
}

type Listing = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: number;
};

/** The first reading of all servers takes its time; a client that asks meanwhile is given what is there. */
async function untilListed(url: string, { body, headers, expected }: Listing): Promise<number> {
  let found = 0;
  for (let tries = 0; tries < 100 && found < expected; tries++) {
    const { text } = await post(url, body, { headers });
    found = text.split('"inputSchema"').length - 1;
    if (found < expected) await sleep(200);
  }
  return found;
}
