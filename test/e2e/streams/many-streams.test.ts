import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2026 } from '../../fixtures/conformance-2026.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { type EventStream, listenEvents } from '../support/event-stream.ts';

let echo: Echo2025;
let modern: Awaited<ReturnType<typeof startConformance2026>>;
let gateway: GatewayHere;

beforeAll(async () => {
  [echo, modern] = await Promise.all([startEcho2025({ mode: 'sse' }), startConformance2026()]);
  gateway = await startGatewayHere({ servers: { echo: echo.url, modern: modern.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([echo.close(), modern.close()]);
});

/** Opens streams until one is refused. */
async function untilRefused(open: (signal: AbortSignal) => Promise<Response>) {
  const [opened, aborted]: [Response[], AbortController] = [[], new AbortController()];
  for (;;) {
    const response = await open(aborted.signal);
    if (response.status !== 200) return { count: opened.length, refused: response, aborted };
    opened.push(response);
    if (opened.length > 100) throw new Error('Nothing is refused');
  }
}

describe('T6: one person’s open streams', () => {
  it('are 32 at most, over all sessions and transports, and free again when one closes', async () => {
    const token = await gateway.userToken('many', ['echo']);
    const client = await legacyClient({ url: gateway.url('/mcp'), token });
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    let at = 0;
    const { count, refused, aborted } = await untilRefused(signal =>
      at++ % 2 === 0 ? client.listen(signal) : fetch(gateway.url('/sse/echo'), { headers, signal }),
    );
    expect(count).toBe(32);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 1005 } });
    expect((await client.request('ping')).status).toBe(200);
    const other = await legacyClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
    const theirs = await listenEvents(other);
    expect(theirs.status).toBe(200);
    theirs.cut();
    aborted.abort();
    await expect
      .poll(async () => {
        const again = await listenEvents(client);
        again.cut();
        return again.status;
      })
      .toBe(200);
  });

  it('are 16 at most that listen by subscriptions/listen', async () => {
    const token = await gateway.userToken('listeners', ['modern']);
    const client = modernClient({ url: gateway.url('/mcp'), token });
    const { body, headers } = client.draft('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const { count, refused, aborted } = await untilRefused(signal =>
      fetch(gateway.url('/mcp'), {
        method: 'POST',
        signal,
        body: JSON.stringify(body),
        headers: {
          ...headers,
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
      }),
    );
    expect(count).toBe(16);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ id: body.id, error: { code: 1005 } });
    aborted.abort();
  });

  it('whose client left wait for it in 32 sessions at most, the last of them', async () => {
    const token = await gateway.userToken('leaver', ['echo']);
    const left: {
      readonly stream: EventStream;
      readonly client: Awaited<ReturnType<typeof legacyClient>>;
    }[] = [];
    for (let n = 0; n < 34; n++) {
      const client = await legacyClient({ url: gateway.url('/mcp'), token });
      const stream = await listenEvents(client);
      await expect.poll(() => stream.events.length).toBe(1);
      stream.cut();
      await stream.ended;
      left.push({ stream, client });
    }
    const back = async (at: number) => {
      const one = left.at(at);
      if (!one) throw new Error('There is no such stream');
      const stream = await listenEvents(one.client, one.stream.lastId());
      await expect
        .poll(() => stream.events.length)
        .toBeGreaterThan(0)
        .catch(() => {});
      stream.cut();
      return stream.messages().length;
    };
    // One that was given up begins anew, with word that lists may have changed.
    expect(await back(0)).toBeGreaterThan(0);
    expect(await back(-1)).toBe(0);
  });
});
