import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../../test/support/gateway.ts';
import { post } from '../../test/support/mcp.ts';
import { fixed, residentBytes } from '../measure.ts';
import { sessionHeaders, startBackend, startBenchGateway } from '../subjects.ts';
import type { Verdict } from '../verdict.ts';

/** Resident memory of a client session that made one call to a server with sessions and then says nothing. */
export async function idle(count: number): Promise<Verdict[]> {
  return withGateway(async gateway => {
    await openSessions(gateway, 500);
    const before = await settled(gateway);
    await openSessions(gateway, count);
    const each = ((await settled(gateway)) - before) / count / 1024;
    return [verdict(`idle session, of ${count}`, each, 20)];
  });
}

/** Resident memory of an open GET stream; the sessions are there before the first reading. */
export async function streams(count: number): Promise<Verdict[]> {
  return withGateway(
    async gateway => {
      const ids = await openSessions(gateway, count);
      const before = await settled(gateway);
      const open = await Promise.all(ids.map(id => openStream(gateway, id)));
      const each = ((await settled(gateway)) - before) / count / 1024;
      for (const close of open) close();
      return [verdict(`open GET stream, of ${count}`, each, 40)];
      // One person may not have so many.
    },
    { rateLimit: { enabled: false } },
  );
}

/** A result of 10 MB must pass through, not pile up: memory while forty of them are relayed, four at a time. */
export async function large(): Promise<Verdict[]> {
  return withGateway(async gateway => {
    const bytes = 10 * 1024 * 1024;
    const [id = ''] = await openSessions(gateway, 1);
    const call = async () => {
      const params = { name: 'b_large', arguments: { bytes } };
      const headers = sessionHeaders(gateway.adminToken, id);
      const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
      const { text } = await post(gateway.url('/mcp'), message, { headers });
      if (text.length < bytes) throw new Error(`Only ${text.length} bytes came: ${text.slice(0, 200)}`);
    };
    for (let at = 0; at < 8; at++) await call();
    const before = residentBytes(gateway.process.pid);
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentBytes(gateway.process.pid));
    }, 20);
    const lane = async () => {
      for (let at = 0; at < 10; at++) await call();
    };
    await Promise.all([lane(), lane(), lane(), lane()]).finally(() => clearInterval(watch));
    const grown = (peak - before) / 1024 / 1024;
    return [
      {
        what: '10 MB results, growth at most',
        value: `${fixed(grown, 1)} MB`,
        bar: '20 MB',
        isMet: grown <= 20,
      },
    ];
  });
}

async function withGateway(
  work: (gateway: Gateway) => Promise<Verdict[]>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Verdict[]> {
  const backend = await startBackend('--mode', 'sse', '--sessions');
  const gateway = await startBenchGateway({ b: `http://127.0.0.1:${backend.port}/mcp` }, settings);
  try {
    return await work(gateway);
  } finally {
    await Promise.all([gateway.close(), backend.close()]);
  }
}

async function openSessions(gateway: Gateway, count: number): Promise<string[]> {
  const url = gateway.url('/mcp');
  const ids: string[] = [];
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1.0.0' },
    },
  };
  const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'b_echo', arguments: {} } };
  const lane = async () => {
    while (ids.length < count) {
      const at = ids.push('') - 1;
      const { headers, text } = await post(url, initialize, { token: gateway.adminToken });
      const id = headers.get('mcp-session-id');
      if (id === null) throw new Error(`No session was opened: ${text}`);
      ids[at] = id;
      const answer = await post(url, call, { headers: sessionHeaders(gateway.adminToken, id) });
      if (answer.message.result === undefined) throw new Error(`The call failed: ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return ids;
}

function openStream(gateway: Gateway, id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const headers = { ...sessionHeaders(gateway.adminToken, id), accept: 'text/event-stream' };
    const sent = request(gateway.url('/mcp'), { headers, agent: false }, response => {
      response.resume();
      if (response.statusCode === 200) resolve(() => sent.destroy());
      else reject(new Error(`The stream was refused: ${response.statusCode}`));
    });
    sent.on('error', reject).end();
  });
}

/** Resident memory once it has stopped to fall: the least of six readings. */
async function settled(gateway: Gateway): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 6; at++) {
    await sleep(500);
    least = Math.min(least, residentBytes(gateway.process.pid));
  }
  return least;
}

function verdict(what: string, kilobytes: number, bar: number): Verdict {
  return { what, value: `${fixed(kilobytes, 1)} KB`, bar: `${bar} KB`, isMet: kilobytes <= bar };
}
