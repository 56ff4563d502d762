import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../support/mcp.ts';

const app = (name: string) =>
  `{"name":"${name}","inputSchema":{"type":"object"},"icons":[{"src":"data:image/png;base64,AA=="}],"_meta":{"ui":{"resourceUri":"ui://widget/view","x":1.0}}}`;

let first: Echo2025;
let second: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  first = await startEcho2025({ acts: true, name: 'first', tools: [app('show')] });
  second = await startEcho2026({ name: 'second', tools: [app('show')] });
  gateway = await startGatewayHere({ servers: { first: first.url, second: second.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([first.close(), second.close()]);
});

type Ask = (method: string, params?: object) => Promise<RpcAnswer>;
type Content = readonly { readonly uri?: string; readonly resource?: { readonly uri: string } }[];

const clients: Readonly<Record<string, (token: string) => Promise<Ask>>> = {
  '2025': async token => (await legacyClient({ url: gateway.url('/mcp'), token })).request,
  '2026': async token => modernClient({ url: gateway.url('/mcp'), token }).request,
};

describe.for(Object.keys(clients))('a client of %s before two servers with the same URIs', era => {
  const connect = (token = gateway.adminToken) => clients[era]?.(token) as Promise<Ask>;
  const urisIn = (answer: RpcAnswer) =>
    ((answer.message.result?.content ?? []) as unknown as Content).map(
      one => one.uri ?? one.resource?.uri ?? '',
    );
  const readBy = (server: Echo2025 | Echo2026, uri: string) =>
    server.journal.of('resources/read').filter(one => one.params?.includes(JSON.stringify(uri))).length;

  it.for(['first', 'second'] as const)('reads back a link that %s gave and lists nowhere', async name => {
    const ask = await connect();
    const uri = `echo-${name}-${era}://unlisted`;
    const [link = '', embedded] = urisIn(
      await ask('tools/call', { name: `${name}_link`, arguments: { uri } }),
    );
    expect(embedded).toBe(link);
    await ask('resources/read', { uri: link });
    expect(readBy(name === 'first' ? first : second, uri)).toBe(1);
    expect(readBy(name === 'first' ? second : first, uri)).toBe(0);
  });

  it('reads a link to what another server owns from the server that gave it', async () => {
    const ask = await connect();
    const [link = ''] = urisIn(
      await ask('tools/call', { name: 'second_link', arguments: { uri: 'ask://resource' } }),
    );
    expect(link).toBe('srv-second+ask://resource');
    const before = readBy(second, 'ask://resource');
    await ask('resources/read', { uri: link });
    expect(readBy(second, 'ask://resource')).toBe(before + 1);
  });

  it('keeps what stands around a link, icons included', async () => {
    const ask = await connect();
    const { text } = await ask('tools/call', { name: 'first_link', arguments: { uri: 'echo://one' } });
    expect(text).toContain('"icons":[{"src":"https://echo.example/i.png"}]');
    expect(text).toContain('"text":"inside","x-unknown":1.0');
  });

  it('finds the page of each tool under a ui:// URI that leads to its own server', async () => {
    const ask = await connect();
    const { message, text } = await ask('tools/list');
    const tools = message.result?.tools as unknown as {
      name: string;
      _meta?: { ui?: { resourceUri: string; x: number } };
    }[];
    const pages = tools
      .filter(one => one.name.endsWith('_show'))
      .map(one => one._meta?.ui?.resourceUri ?? '');
    expect(new Set(pages).size).toBe(pages.length);
    expect(pages.every(page => page.startsWith('ui://'))).toBe(true);
    expect(text).toContain('"icons":[{"src":"data:image/png;base64,AA=="}]');
    expect(text).toContain('"x":1.0');
    for (const [i, server] of [first, second].entries()) {
      const before = readBy(server, 'ui://widget/view');
      await ask('resources/read', { uri: pages[i] });
      expect(readBy(server, 'ui://widget/view')).toBe(before + 1);
    }
  });

  it('T39: cannot read through a link of a server that it may not use, nor one that another person got', async () => {
    const mine = await connect();
    const uri = `echo-secret-${era}://unlisted`;
    await mine('tools/call', { name: 'first_link', arguments: { uri } });
    const other = await connect(await gateway.userToken(`bob${era}`, ['first', 'second']));
    const none = await connect(await gateway.userToken(`eve${era}`, ['second']));
    const before = readBy(first, uri);
    for (const [ask, asked] of [
      [other, uri],
      [none, uri],
      [none, `srv-first+${uri}`],
      [none, 'ui://srv-first+widget/view'],
    ] as const)
      expect((await ask('resources/read', { uri: asked })).message.error).toBeDefined();
    expect(readBy(first, uri)).toBe(before);
  });
});
