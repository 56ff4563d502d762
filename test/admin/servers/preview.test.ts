import dns from 'node:dns';
import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../support/temp.ts';
import { type Callers, type Json, type Session, startCallers } from '../api/support/callers.ts';

const SERVERS = '/admin/api/mcp-servers';
let ahead = 0;
let callers: Callers;
/** An administrator whose password was given too long ago for a change of weight. */
let late: Session;
const lookedUp: string[] = [];
const { lookup } = dns;

beforeAll(async () => {
  callers = await startCallers({ clock: { now: () => Date.now() + ahead } });
  late = await callers.signIn('admin');
  ahead = 10 * 60_000;
  const noting = (host: string, ...rest: readonly unknown[]) => {
    lookedUp.push(host);
    return (lookup as (...given: readonly unknown[]) => void)(host, ...rest);
  };
  Object.assign(dns, { lookup: noting });
  syncBuiltinESMExports();
});
afterAll(async () => {
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
  await callers.close();
});

const bring = (text: string, more: object = {}, who: Session | 'admin' = late) =>
  callers.ask(who, `POST ${SERVERS}/import`, { text, ...more });
const names = async () =>
  ((await callers.ask('admin', `GET ${SERVERS}`)).body as unknown as readonly Json[]).map(one => one.id);

describe('what would come of a text', () => {
  it('is said without a recent password; adding it needs one', async () => {
    const text = 'https://mcp.example.com/mcp';
    expect(await bring(text, { preview: true })).toMatchObject({
      status: 200,
      body: { added: [{ name: 'example', url: text }], refused: [] },
    });
    expect(await bring(text)).toMatchObject({ status: 403, body: { error: 'password_needed' } });
    expect(await names()).toEqual([]);
  });

  it('reaches nothing: no address is connected to, no name looked up, no program started', async () => {
    const { path, remove } = await tempDir('authmcp-preview-');
    let connections = 0;
    const listener = createServer(socket => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const mark = join(path, 'started');
    const text = JSON.stringify({
      mcpServers: {
        here: { url: `http://127.0.0.1:${port}/mcp` },
        named: { url: `http://named.localhost:${port}/mcp` },
        program: { command: process.execPath, args: ['-e', `require('fs').writeFileSync('${mark}', '')`] },
      },
    });
    lookedUp.length = 0;
    const { body } = await bring(text, { preview: true });
    expect((body.added as readonly Json[]).map(({ name }) => name)).toEqual(['here', 'named', 'program']);
    expect([lookedUp, connections, existsSync(mark), await names()]).toEqual([[], 0, false, []]);
    // That the same text does reach them shows that nothing but the looking kept quiet.
    ahead = 0;
    await bring(text, {}, 'admin');
    expect(lookedUp).toContain('named.localhost');
    ahead = 10 * 60_000;
    await new Promise(resolve => listener.close(resolve));
    await remove();
  });

  it('names what is there already', async () => {
    ahead = 0;
    await bring('http://127.0.0.1:9/mcp', { name: 'kept' }, 'admin');
    ahead = 10 * 60_000;
    expect(await bring('http://127.0.0.1:9/mcp', { name: 'kept', preview: true })).toMatchObject({
      body: {
        added: [],
        refused: [{ name: 'kept', field: 'name', message: expect.stringContaining('already') }],
      },
    });
  });
});
