import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { listOf, namesIn } from '../support/answers.ts';
import { type Ask, ERAS, type RuledGateway, startRuled } from './support/ruled.ts';
import { call, isUnknown } from './support/unknown.ts';

const NEW = 'new' as ServerName;

let ruled: RuledGateway;
beforeAll(async () => {
  ruled = await startRuled();
});
afterAll(() => ruled.close());

let count = 0;
const newcomer = () => ruled.person(`person-${++count}`);
type Person = Awaited<ReturnType<typeof newcomer>>;
const of = ({ user }: Person) => ({ kind: 'user', id: user.id }) as const;

const read = (uri: string) => ['resources/read', { uri }] as const;
const get = (name: string) => ['prompts/get', { name }] as const;
const complete = (name: string) =>
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name }, argument: { name: 'who', value: '' } },
  ] as const;

describe.for(ERAS)('a person who may use a part of a server (%s)', era => {
  let person: Person;
  let ask: Ask;
  let own: Ask;
  beforeAll(async () => {
    person = await newcomer();
    await ruled.rule({ subject: of(person), kind: 'tool', pattern: 'rea?' });
    await ruled.rule({ subject: of(person), kind: 'resource', pattern: 'echo://o*' });
    ask = await ruled.asking(era, person.token);
    own = await ruled.asking(era, person.token, '/mcp/old');
    ruled.old.journal.clear();
    ruled.modern.journal.clear();
  });

  it('lists that part and nothing else, at both endpoints', async () => {
    expect(namesIn(await ask('tools/list'))).toEqual(['old_read']);
    expect(namesIn(await own('tools/list'))).toEqual(['read']);
    for (const client of [ask, own]) {
      expect(listOf(await client('resources/list'), 'resources').map(({ uri }) => uri)).toEqual([
        'echo://one',
      ]);
      expect(namesIn(await client('prompts/list'), 'prompts')).toEqual([]);
      expect(listOf(await client('resources/templates/list'), 'resourceTemplates')).toEqual([]);
    }
  });

  it('uses that part, and the rest is as unknown as what nobody has', async () => {
    expect((await ask(...call('old_read'))).message.error).toBeUndefined();
    expect((await own(...call('read'))).message.error).toBeUndefined();
    expect((await ask(...read('echo://one'))).message.error).toBeUndefined();
    for (const name of ['old_write', 'new_read']) await isUnknown(ask, call, name, 'old_nothing');
    await isUnknown(ask, get, 'old_greet', 'old_nothing');
    await isUnknown(ask, complete, 'old_greet', 'old_nothing');
    for (const uri of ['echo://two', 'echo://items/1']) await isUnknown(ask, read, uri, 'echo://nothing');
    await isUnknown(own, call, 'write', 'nothing');
    await isUnknown(own, get, 'greet', 'nothing');
    for (const uri of ['echo://two', 'echo://items/1']) await isUnknown(own, read, uri, 'echo://nothing');
    const asked = [...ruled.old.journal.entries(), ...ruled.modern.journal.entries()];
    const reached = asked.map(({ name, params }) => name ?? params ?? '').join(' ');
    expect(reached).not.toMatch(/write|greet|two|items|nothing/);
  });

  it('reaches no other server', async () => {
    const status = async () =>
      (await (await ruled.asking(era, person.token, '/mcp/new'))('tools/list')).status;
    expect(await status()).toBe(404);
  });
});

it('a denied tool is as little known by its own name as a method', async () => {
  const person = await newcomer();
  await ruled.rule({ subject: of(person), kind: 'tool', pattern: 'read' });
  const { request } = await legacyClient({ url: ruled.url('/mcp'), token: person.token });
  expect((await request('old_read', {})).message.error).toBeUndefined();
  await isUnknown(request, name => [name, {}], 'old_write', 'old_nothing');
  await isUnknown(request, name => [name, {}], 'write', 'nothing');
});

it('a denied resource is not subscribed to, in either era', async () => {
  const person = await newcomer();
  await ruled.rule({ subject: of(person), kind: 'resource', pattern: 'echo://one' });
  const old = await legacyClient({ url: ruled.url('/mcp'), token: person.token });
  const subscribe = (uri: string) => ['resources/subscribe', { uri }] as const;
  await isUnknown(old.request, subscribe, 'echo://two', 'echo://nothing');
  await isUnknown(old.request, subscribe, 'echo://items/1', 'echo://nothing');
  expect(ruled.old.journal.of('resources/subscribe').map(({ params }) => params)).toEqual([]);
});

describe.for(ERAS)('rules of the same person (%s)', era => {
  it('by tier let through what reads, and take what says nothing for the worst', async () => {
    const person = await newcomer();
    const id = await ruled.rule({ subject: of(person), tier: 'read' });
    const ask = await ruled.asking(era, person.token);
    expect(namesIn(await ask('tools/list')).sort()).toEqual([
      'old_echo',
      'old_large',
      'old_read',
      'old_whoami',
    ]);
    expect(namesIn(await ask('prompts/list'), 'prompts')).toEqual(['old_greet']);
    await isUnknown(ask, call, 'old_write', 'old_nothing');
    const own = await ruled.asking(era, person.token, '/mcp/old');
    // What a server does not list may do anything.
    await isUnknown(own, call, 'write', 'unlisted');
    await ruled.drop(id);
  });

  it('of a template decide by its text what is listed, and by the URI what is read', async () => {
    const person = await newcomer();
    await ruled.rule({ subject: of(person), kind: 'resource', pattern: 'echo://items/*' });
    await ruled.rule({ subject: of(person), kind: 'resource', pattern: 'echo://items/2', effect: 'deny' });
    const ask = await ruled.asking(era, person.token);
    const templates = listOf(await ask('resources/templates/list'), 'resourceTemplates');
    expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual(['echo://items/{id}']);
    ruled.old.journal.clear();
    await ask(...read('echo://items/1'));
    await isUnknown(ask, read, 'echo://items/2', 'echo://nothing');
    expect(
      ruled.old.journal.of('resources/read').map(({ params }) => /echo:[^"]*/.exec(params ?? '')?.[0]),
    ).toEqual(['echo://items/1']);
    const other = await newcomer();
    await ruled.rule({ subject: of(other), kind: 'resource', pattern: 'echo://items/3' });
    const unlisted = await ruled.asking(era, other.token);
    expect(listOf(await unlisted('resources/templates/list'), 'resourceTemplates')).toEqual([]);
    expect((await unlisted(...read('echo://items/3'))).message.error).toBeUndefined();
  });

  it('that deny win over administrators too', async () => {
    const root = await ruled.person(`root-${++count}`, 'admin');
    await ruled.rule({ subject: of(root), kind: 'tool', pattern: 'destroy', effect: 'deny', server: '*' });
    const ask = await ruled.asking(era, root.token);
    const all = namesIn(await (await ruled.asking(era, ruled.adminToken))('tools/list'));
    expect(all).toContain('old_destroy');
    const rest = all.filter(name => !name.endsWith('_destroy'));
    expect(namesIn(await ask('tools/list'))).toEqual(rest);
    await isUnknown(ask, call, 'old_destroy', 'old_nothing');
  });

  it('of a key limit what its person has, and give it nothing', async () => {
    const person = await newcomer();
    const other = await ruled.keyOf(person.user);
    await ruled.rule({ subject: of(person) });
    await ruled.rule({ subject: { kind: 'key', id: person.key }, kind: 'tool', pattern: 'r*', server: '*' });
    const [limited, free] = [await ruled.asking(era, person.token), await ruled.asking(era, other.token)];
    expect(namesIn(await limited('tools/list'))).toEqual(['old_read']);
    expect(namesIn(await free('tools/list'))).toHaveLength(11);
    await isUnknown(limited, call, 'new_read', 'old_nothing');
  });
});

describe('a server of which nothing is permitted', () => {
  it('says nothing about itself', async () => {
    const person = await newcomer();
    const id = await ruled.rule({
      subject: of(person),
      server: NEW,
      kind: 'tool',
      pattern: 'nothing-at-all',
    });
    const at = { url: ruled.url('/mcp'), token: person.token };
    const told = async () => [
      JSON.stringify((await modernClient(at).request('server/discover')).message.result?.instructions),
      JSON.stringify((await legacyClient(at)).initialized.message.result?.instructions),
    ];
    expect(await told()).toEqual([undefined, undefined]);
    await ruled.drop(id);
    await ruled.rule({ subject: of(person), server: NEW, kind: 'tool', pattern: 'read' });
    for (const text of await told()) expect(text).toContain('# new');
  });
});
