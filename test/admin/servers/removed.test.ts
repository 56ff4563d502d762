import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Callers, startCallers } from '../api/support/callers.ts';

const SERVERS = '/admin/api/mcp-servers';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

const add = (body: object) => callers.ask('admin', `POST ${SERVERS}`, body);

it('a server that was removed is asked nothing any more, and no account begins there', {
  timeout: 40_000,
}, async () => {
  const hits: string[] = [];
  const broken = createServer((request, response) => {
    hits.push(String(request.url));
    response.writeHead(500).end();
  });
  await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve));
  const { port } = broken.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const oauth = { per: 'gateway', grant: 'client_credentials', clientId: 'x', clientSecret: 'y', issuer };
  const asked = (path: string) => hits.filter(one => one.includes(path)).length;
  const accounts = async (name: string) =>
    (await callers.store.connections.listAccounts(name as never)).length;
  for (const name of ['left', 'left-too'])
    expect(
      await add({ name, url: `${issuer}/${name}`, ...(name === 'left' && { auth: { oauth } }) }),
    ).toMatchObject({ status: 201 });
  await expect.poll(() => accounts('left'), { timeout: 5_000 }).toBe(1);
  await expect.poll(() => asked('/left-too'), { timeout: 5_000 }).toBeGreaterThan(0);
  for (const name of ['left', 'left-too'])
    expect((await callers.ask('admin', `DELETE ${SERVERS}/${name}`)).status).toBe(200);
  hits.length = 0;
  await add({ name: 'later', url: `${issuer}/later` });
  // Its third reading comes after the next one that the others would have had.
  await expect.poll(() => asked('/later'), { timeout: 30_000 }).toBeGreaterThan(2);
  expect([asked('/left'), await accounts('left')]).toEqual([0, 0]);
  await callers.ask('admin', `DELETE ${SERVERS}/later`);
  broken.close();
});
