import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { namesIn } from '../support/answers.ts';
import { openStream } from '../support/open-stream.ts';
import { ERAS, type RuledGateway, startRuled } from './support/ruled.ts';
import { call, isUnknown } from './support/unknown.ts';

let ruled: RuledGateway;
beforeAll(async () => {
  ruled = await startRuled();
});
afterAll(() => ruled.close());

let count = 0;
const newcomer = () => ruled.person(`person-${++count}`);
type Person = Awaited<ReturnType<typeof newcomer>>;
const of = ({ user }: Person) => ({ kind: 'user', id: user.id }) as const;

describe('a rule that takes a right away', () => {
  const args = { name: 'old_slow', arguments: { ms: 8_000 } };

  it.for(ERAS)('ends what runs by it within a second, and nothing else (%s) [T24]', async era => {
    const person = await newcomer();
    await ruled.rule({ subject: of(person) });
    const ask = await ruled.asking(era, person.token);
    ruled.old.journal.clear();
    const slow = ask('tools/call', args);
    const large = ask('tools/call', { name: 'old_slow', arguments: { ms: 1_500 } });
    await expect.poll(() => ruled.old.journal.of('tools/call').length).toBe(2);
    await ruled.store.access.addRule(
      {
        ...{
          subject: of(person),
          server: 'old' as ServerName,
          kind: 'tool',
          pattern: 'write*',
          effect: 'deny',
        },
        ...{ tier: undefined, note: undefined, createdBy: 'test' },
      },
      1,
    );
    await large;
    const from = performance.now();
    await ruled.store.access.addRule(
      {
        ...{
          subject: of(person),
          server: 'old' as ServerName,
          kind: 'tool',
          pattern: 's?ow',
          effect: 'deny',
        },
        ...{ tier: undefined, note: undefined, createdBy: 'test' },
      },
      1,
    );
    await slow;
    expect(performance.now() - from).toBeLessThan(1_000);
    expect((await ask('tools/call', { name: 'old_read', arguments: {} })).message.error).toBeUndefined();
  });

  it('tells the open stream that lists changed, and leaves it open', async () => {
    const person = await newcomer();
    await ruled.rule({ subject: of(person) });
    const client = await legacyClient({ url: ruled.url('/mcp'), token: person.token });
    const stream = await openStream(client);
    await ruled.rule({ subject: of(person), kind: 'tool', pattern: 'write', effect: 'deny' });
    await expect.poll(stream.methods).toContain('notifications/tools/list_changed');
    expect(namesIn(await client.request('tools/list'))).not.toContain('old_write');
    const before = stream.messages.length;
    // What concerns others is not told.
    await ruled.rule({ subject: of(await newcomer()), kind: 'tool', pattern: 'write' });
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(stream.messages.length).toBe(before);
    await ruled.rule({ subject: of(person), effect: 'deny', server: '*' });
    await expect.poll(stream.methods).toHaveLength(before + 3);
    stream.close();
  });

  it('tells no more of a resource that was subscribed to, and goes on with others', async () => {
    const person = await newcomer();
    const server = 'new' as ServerName;
    await ruled.rule({ subject: of(person), server });
    const abort = new AbortController();
    const seen: string[] = [];
    const listening = modernClient({ url: ruled.url('/mcp/new'), token: person.token }).request(
      'subscriptions/listen',
      { notifications: { resourceSubscriptions: ['echo://one', 'echo://two'] } },
      {
        signal: abort.signal,
        onMessage: ({ method, params }) => void seen.push(`${method} ${params?.uri ?? ''}`),
      },
    );
    const told = (uri: string) => seen.filter(one => one === `notifications/resources/updated ${uri}`).length;
    await expect.poll(() => seen.length).toBe(1);
    for (const uri of ['echo://one', 'echo://two']) ruled.modern.touch(uri);
    await expect.poll(() => [told('echo://one'), told('echo://two')]).toEqual([1, 1]);
    await ruled.rule({ subject: of(person), server, kind: 'resource', pattern: '*one', effect: 'deny' });
    for (const uri of ['echo://one', 'echo://two']) ruled.modern.touch(uri);
    await expect.poll(() => told('echo://two')).toBe(2);
    expect(told('echo://one')).toBe(1);
    abort.abort();
    await listening.catch(() => {});
  });
});

describe('switches of tools', () => {
  it.for(ERAS)('are for everybody, and a list that nobody saw shows what is harmless (%s)', async era => {
    const { access } = ruled.store;
    const ask = await ruled.asking(era, ruled.adminToken);
    const doing = { at: 1, by: 'test' };
    const olds = async () => namesIn(await ask('tools/list')).filter(name => name.startsWith('old_'));
    const all = await olds();
    await access.setNewTools('old' as ServerName, 'review');
    await access.switchTool({ server: 'old' as ServerName, name: 'read' }, false, doing);
    await access.switchTool({ server: 'old' as ServerName, name: 'write' }, true, doing);
    await ruled.refresh();
    expect((await olds()).sort()).toEqual(['old_echo', 'old_large', 'old_whoami', 'old_write']);
    await isUnknown(ask, call, 'old_read', 'old_nothing');
    await isUnknown(ask, call, 'old_destroy', 'old_nothing');
    await access.setNewTools('old' as ServerName, 'on');
    for (const name of ['read', 'write'])
      await access.switchTool({ server: 'old' as ServerName, name }, undefined, doing);
    await ruled.refresh();
    expect(await olds()).toEqual(all);
  });
});

it('who asks for what is denied is told of by an event that names it, at both endpoints', async () => {
  const person = await newcomer();
  await ruled.rule({ subject: of(person), kind: 'tool', pattern: 'read' });
  for (const [path, name] of [
    ['/mcp', 'old_destroy'],
    ['/mcp/old', 'write'],
  ] as const)
    await (await ruled.asking('2025', person.token, path))(...call(name));
  const found = async () =>
    (await ruled.store.listEvents(50))
      .filter(({ principal }) => principal === person.user.id)
      .map(({ type, server, detail }) => `${type} ${server} ${JSON.parse(detail).target}`)
      .sort();
  // Floods are counted for ten seconds before they are told.
  await expect
    .poll(found, { timeout: 16_000, interval: 250 })
    .toEqual(['permission_denied old destroy', 'permission_denied old write']);
}, 20_000);

describe('a server that was never read', () => {
  it('is said to be away to whoever may use it, and hides what is denied', async () => {
    const away = await startGatewayHere({ servers: { away: 'http://127.0.0.1:9/mcp' } });
    try {
      const token = await away.userToken('alice', []);
      const user = await away.store.userByName('alice');
      if (!user) throw new Error('The person was not made');
      const whole = {
        effect: 'allow',
        subject: { kind: 'user', id: user.id },
        server: '*',
        kind: 'tool',
      } as const;
      const rest = { tier: undefined, note: undefined, createdBy: 'test' };
      await away.store.access.addRule({ ...whole, ...rest, pattern: 'r*' }, 1);
      const ask = modernClient({ url: away.url('/mcp/away'), token }).request;
      const codeOf = async (name: string) => (await ask(...call(name))).message.error?.code;
      await expect.poll(() => codeOf('read'), { timeout: 5_000 }).toBe(1001);
      expect(await codeOf('write')).toBe(-32602);
    } finally {
      await away.close();
    }
  });
});
