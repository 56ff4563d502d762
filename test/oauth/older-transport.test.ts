import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { Provider, withPerson } from './support/sdk-person.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let echo: Echo2025;

beforeAll(async () => {
  echo = await startEcho2025();
  world = await startWorld({ servers: { one: echo.url } });
  await world.addPerson('alice', ['one']);
});
afterAll(async () => {
  await world.close();
  await echo.close();
});

describe.each(['/sse', '/sse/one'])('a client of HTTP+SSE at %s', path => {
  it('finds its way to sign in, and lists', async () => {
    const provider = new Provider();
    const open = () => {
      const transport = new SSEClientTransport(new URL(world.url(path)), { authProvider: provider as never });
      return { transport, client: new Client({ name: 'older', version: '1' }) };
    };
    const first = open();
    let now = first;
    const work = async () => {
      const { client, transport } = now;
      now = open();
      await client.connect(transport as never);
      const { tools } = await client.listTools();
      await client.close();
      return tools.map(tool => tool.name);
    };
    const finish = (code: string) => first.transport.finishAuth(code);
    const names = await withPerson(world, 'alice', provider, { work, finish });
    expect(names).toContain(path === '/sse' ? 'one_echo' : 'echo');
  });

  it('is told where the metadata of this very address is', async () => {
    const response = await fetch(world.url(path));
    expect(response.status).toBe(401);
    const at = /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1];
    expect(at).toBe(world.url(`/.well-known/oauth-protected-resource${path}`));
    expect(await (await fetch(String(at))).json()).toMatchObject({ resource: world.url(path) });
  });
});
