import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Everything, startEverything } from '../support/everything.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { type LegacyClient, legacyClient } from '../support/mcp.ts';
import { openStream } from './support/open-stream.ts';

let everything: Everything;
let gateway: GatewayHere;

beforeAll(async () => {
  everything = await startEverything();
  gateway = await startGatewayHere({ servers: { everything: everything.url } });
});
afterAll(async () => {
  await gateway.close();
  await everything.close();
});

const connect = (path: string) => legacyClient({ url: gateway.url(path), token: gateway.adminToken });
const uris = async (client: LegacyClient) => {
  const { message } = await client.request('resources/list');
  return ((message.result?.resources ?? []) as unknown as { uri: string }[]).map(one => one.uri);
};

describe.for([
  ['/mcp/everything', 'gzip-file-as-resource'],
  ['/mcp', 'everything_gzip-file-as-resource'],
] as const)('T41: what a server shows to one session, at %s', ([path, tool]) => {
  it('is listed and read there, told there, and seen by no other session of the same person', async () => {
    const [mine, other] = [await connect(path), await connect(path)];
    const [heard, others] = [await openStream(mine), await openStream(other)];
    const before = await uris(mine);
    const args = { name: 'mine.gz', data: 'data:text/plain,hello', outputType: 'resourceLink' };
    await mine.request('tools/call', { name: tool, arguments: args });
    await expect.poll(heard.methods, { timeout: 10_000 }).toContain('notifications/resources/list_changed');
    const own = (await uris(mine)).filter(uri => !before.includes(uri));
    expect(own).toHaveLength(1);
    expect((await mine.request('resources/read', { uri: own[0] })).message.result).toBeDefined();
    expect(await uris(other)).toEqual(before);
    expect(others.methods()).not.toContain('notifications/resources/list_changed');
    await mine.end();
    const next = await connect(path);
    expect(await uris(next)).toEqual(before);
    others.close();
    await Promise.all([other.end(), next.end()]);
  });
});
