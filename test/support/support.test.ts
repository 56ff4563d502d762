import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2025 } from '../fixtures/conformance-2025.ts';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { rawMember } from '../fixtures/journal.ts';
import { type Everything, startEverything } from './everything.ts';
import { startGateway } from './gateway.ts';
import { legacyClient, modernClient, post } from './mcp.ts';
import { startFixture, startProcess } from './processes.ts';

describe('the official everything server as a process', () => {
  let everything: Everything;
  beforeAll(async () => {
    everything = await startEverything();
  });
  afterAll(() => everything.close());

  it('answers the initialize-era client of the tests', async () => {
    const client = await legacyClient({ url: everything.url });
    const answer = await client.request('tools/call', { name: 'echo', arguments: { message: 'hello' } });
    expect(answer.message.result?.content?.[0]?.text).toBe('Echo: hello');
    expect(await client.end()).toBe(200);
  });
});

describe('the conformance fixtures', () => {
  it('keep a journal of what reached them, params byte for byte', async () => {
    const fixture = await startConformance2025();
    const client = await legacyClient({ url: fixture.url });
    const params = '{ "name":"test_simple_text",\n "arguments": {"n": 1187563421998473216, "x":1.10} }';
    const body = `{"jsonrpc":"2.0","id":"a","method":"tools/call","params":${params}}`;
    const answer = await post(fixture.url, body, { headers: { 'mcp-session-id': client.sessionId ?? '' } });
    expect(answer.message.result?.content?.[0]?.text).toBe('A simple text.');
    const [call, ...more] = fixture.journal.of('tools/call');
    expect(more).toEqual([]);
    expect(call).toMatchObject({ id: 'a', name: 'test_simple_text', params });
    await fixture.close();
  });

  it('hear of nothing twice, and answer 404 once their sessions are forgotten', async () => {
    const fixture = await startConformance2025();
    const client = await legacyClient({ url: fixture.url });
    fixture.forgetSessions();
    expect((await client.request('ping')).status).toBe(404);
    expect(fixture.journal.of('ping')).toHaveLength(1);
    await fixture.close();
  });

  it('of 2026-07-28 serves that revision alone', async () => {
    const fixture = await startConformance2026();
    const answer = await modernClient({ url: fixture.url }).request('tools/call', {
      name: 'test_simple_text',
    });
    expect(answer.message.result?.content?.[0]?.text).toBe('A simple text.');
    const old = await legacyClient({ url: fixture.url });
    expect(old.initialized.status).toBe(400);
    await fixture.close();
  });
});

describe('processes', () => {
  it('are gone with all that they started', async () => {
    const program =
      'const c=require("node:child_process").spawn("sleep",["60"]);console.log("child",c.pid);setInterval(()=>{},1e3)';
    const running = startProcess(process.execPath, ['-e', program]);
    const pid = Number((await running.line(/child (\d+)/))[1]);
    await running.stop();
    // A killed process may stay as a zombie until its adopter looks.
    const state = () =>
      readFile(`/proc/${pid}/stat`, 'utf8').then(
        stat => stat.split(' ')[2],
        () => 'gone',
      );
    await expect.poll(state).toMatch(/^(Z|gone)$/);
  });

  it('say what they printed when the awaited line never comes', async () => {
    const running = startProcess(process.execPath, ['-e', 'console.log("only this")']);
    await expect(running.line(/never/)).rejects.toThrow('only this');
  });

  it('can be fixtures', async () => {
    const { port, process: running } = await startFixture('test/fixtures/conformance-2026.ts');
    expect((await fetch(`http://127.0.0.1:${port}/journal`)).status).toBe(200);
    expect((await running.stop()).code).toBe(0);
  });
});

describe('the gateway as a process', () => {
  it('starts on a free port, lets in whom it was told to, and ends by SIGTERM with 0', async () => {
    const server = await startConformance2025();
    const gateway = await startGateway({ servers: { fixture: server.url } });
    const alice = await gateway.userToken('alice', ['fixture']);
    const bob = await gateway.userToken('bob', []);
    const call = async (token: string) => {
      const client = await legacyClient({ url: gateway.url('/mcp'), token });
      return (await client.request('tools/call', { name: 'fixture_test_simple_text' })).message;
    };
    for (const token of [gateway.adminToken, alice])
      expect((await call(token)).result?.content?.[0]?.text).toBe('A simple text.');
    expect((await call(bob)).error?.code).toBe(-32602);
    expect((await gateway.close()).code).toBe(0);
    await server.close();
  });

  it('says why it does not start', async () => {
    const broken = startGateway({ servers: {}, settings: { ratelimit: {} } });
    await expect(broken).rejects.toThrow(/ratelimit.*rateLimit/);
  });
});

describe('rawMember', () => {
  it.for([
    ['{"a":1,"params":{"b":[1,{"params":2}]},"c":3}', '{"b":[1,{"params":2}]}'],
    ['{"a":"\\"params\\":1","params" : "x\\\\" }', '"x\\\\"'],
    ['{"a":[{"params":1}]}', undefined],
  ] as const)('of %s is %s', ([text, expected]) => {
    expect(rawMember(text, 'params')).toBe(expected);
  });
});
