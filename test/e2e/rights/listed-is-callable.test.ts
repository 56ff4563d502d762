import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName, UserId } from '../../../src/base/index.ts';
import { type Item, type Rule, TIERS } from '../../../src/policy/index.ts';
import type { User } from '../../../src/store/index.ts';
import { TOOL_TEXTS } from '../../fixtures/echo/tools.ts';
import { mayByTheBook } from '../../policy/support/oracle.ts';
import { SEED } from '../../policy/support/worlds.ts';
import { listOf, namesIn } from '../support/answers.ts';
import { type Ask, ERAS, type RuledGateway, startRuled } from './support/ruled.ts';

const CASES = 300;
const SERVERS = ['old', 'new'] as ServerName[];

type Annotated = { readonly name: string; readonly annotations?: { readonly readOnlyHint?: boolean } };

/** Of both servers, which offer the same. Whoever is asked something by a tool would have to answer. */
const TOOLS: readonly Item[] = TOOL_TEXTS.map(text => JSON.parse(text) as Annotated)
  .filter(({ name }) => name !== 'ask')
  .map(({ name, annotations }) => ({
    kind: 'tool',
    name,
    tier: annotations?.readOnlyHint === true ? 'read' : 'destructive',
  }));
const itemOf =
  (kind: 'prompt' | 'resource') =>
  (name: string): Item => ({ kind, name, tier: 'read' });
const PROMPT = itemOf('prompt')('greet');
const RESOURCES = ['echo://one', 'echo://two'].map(itemOf('resource'));
const TEMPLATE = itemOf('resource')('echo://items/{id}');
const OF_TEMPLATE = itemOf('resource')('echo://items/7');

const PATTERNS = [
  '*',
  'w*',
  '*e*',
  'read',
  '????',
  'echo://*',
  'echo://items/?',
  'echo://items/*',
  'g*',
  '*_*',
  '*o*',
];

let ruled: RuledGateway;
let user: User;
let token: string;
let group: string;
beforeAll(async () => {
  ruled = await startRuled();
  ({ user, token } = await ruled.person('alice'));
  const made = await ruled.store.createGroup({ name: 'family' }, 1);
  if (typeof made === 'string') throw new Error(made);
  group = made.id;
  await ruled.store.addMember(made.id, user.id);
});
afterAll(() => ruled.close());

type Draft = Omit<Rule, 'id' | 'subject'> & {
  readonly subject: 'everybody' | 'user' | 'group' | 'role' | 'key';
};

const draft: fc.Arbitrary<Draft> = fc.record({
  effect: fc.constantFrom('allow', 'allow', 'allow', 'deny' as const),
  // A key limits, so that most cases are without.
  subject: fc.constantFrom('everybody', 'user', 'user', 'group', 'group', 'role', 'role', 'key' as const),
  server: fc.constantFrom<ServerName | '*'>(...SERVERS, '*'),
  kind: fc.constantFrom('all', 'tool', 'prompt', 'resource' as const),
  pattern: fc.constantFrom(...PATTERNS),
  tier: fc.option(fc.constantFrom(...TIERS), { nil: undefined, freq: 2 }),
  note: fc.constant(undefined),
  createdAt: fc.constant(1),
  createdBy: fc.constant('test'),
});

/** Puts these rules, and no others, in force. */
async function put(drafts: readonly Draft[], key: string): Promise<readonly Rule[]> {
  const { access } = ruled.store;
  for (const { id } of await access.listRules()) await access.deleteRule(id);
  const ids = { user: user.id, group, role: 'user', key, everybody: '' };
  const made: Rule[] = [];
  for (const { subject: kind, ...rest } of drafts) {
    // Prompts and resources have no tier.
    const tier = rest.kind === 'prompt' || rest.kind === 'resource' ? undefined : rest.tier;
    const subject = (kind === 'everybody' ? { kind } : { kind, id: ids[kind] }) as Rule['subject'];
    const one = await access.addRule({ ...rest, tier, subject }, 1);
    if (typeof one !== 'string') made.push(one);
  }
  await ruled.refresh();
  return made;
}

/** Whether the gateway let it through: what the server then says is another matter. */
const isLetThrough = async (ask: Ask, method: string, params: object): Promise<boolean> => {
  const { status, message } = await ask(method, params);
  const says = message.error?.message ?? '';
  return status === 200 && !/^Unknown (tool|prompt)|^Resource not found/.test(says);
};

async function checkServer(ask: Ask, server: ServerName, may: (item: Item) => boolean): Promise<void> {
  const tools = namesIn(await ask('tools/list')).filter(name => TOOLS.some(one => one.name === name));
  expect(tools, server).toEqual(TOOLS.filter(may).map(({ name }) => name));
  for (const item of TOOLS) {
    const params = { name: item.name, arguments: { ms: 1, bytes: 1 } };
    expect([item.name, await isLetThrough(ask, 'tools/call', params)]).toEqual([item.name, may(item)]);
  }
  const prompts = namesIn(await ask('prompts/list'), 'prompts').filter(name => name === PROMPT.name);
  const got = await isLetThrough(ask, 'prompts/get', { name: PROMPT.name, arguments: { who: 'you' } });
  expect([prompts.length === 1, got]).toEqual([may(PROMPT), may(PROMPT)]);
  const listed = listOf(await ask('resources/list'), 'resources').map(({ uri }) => uri);
  for (const item of RESOURCES) {
    const read = await isLetThrough(ask, 'resources/read', { uri: item.name });
    expect([item.name, listed.includes(item.name), read]).toEqual([item.name, may(item), may(item)]);
  }
  const templates = listOf(await ask('resources/templates/list'), 'resourceTemplates');
  expect(templates.some(({ uriTemplate }) => uriTemplate === TEMPLATE.name)).toBe(may(TEMPLATE));
  expect(await isLetThrough(ask, 'resources/read', { uri: OF_TEMPLATE.name })).toBe(may(OF_TEMPLATE));
}

/** On the endpoint of all servers names have prefixes. */
async function checkAll(ask: Ask, may: (server: ServerName, item: Item) => boolean): Promise<void> {
  const expected = SERVERS.flatMap(server =>
    TOOLS.filter(item => may(server, item)).map(({ name }) => `${server}_${name}`),
  );
  const names = namesIn(await ask('tools/list'));
  expect(names.filter(name => TOOLS.some(one => name.slice(name.indexOf('_') + 1) === one.name))).toEqual(
    expected,
  );
  for (const server of SERVERS) {
    for (const item of TOOLS.slice(0, 5)) {
      const name = `${server}_${item.name}`;
      const let_ = await isLetThrough(ask, 'tools/call', { name, arguments: { ms: 1, bytes: 1 } });
      expect([name, let_]).toEqual([name, may(server, item)]);
    }
  }
}

describe.for(ERAS)('what is listed is what can be called (%s)', era => {
  it(`for ${CASES} policies over HTTP, and it is what the words of the documentation say (seed ${SEED})`, async () => {
    const { token: own, key } = await ruled.keyOf(user);
    expect(token).not.toBe(own);
    const cases = fc.sample(fc.array(draft, { maxLength: 9 }), { numRuns: CASES, seed: SEED });
    let allowed = 0;
    const who = { user: user.id as UserId, role: 'user', groups: [group as never], key } as const;
    for (const drafts of cases) {
      const one = { rules: await put(drafts, key), switches: new Map(), who };
      const may = (server: ServerName, item: Item): boolean => mayByTheBook(one, server, item);
      allowed += SERVERS.flatMap(server => TOOLS.filter(item => may(server, item))).length;
      await checkAll(await ruled.asking(era, own), may);
      for (const server of SERVERS) {
        const ask = await ruled.asking(era, own, `/mcp/${server}`);
        if ((await ask('tools/list')).status === 404) {
          const all = [...TOOLS, PROMPT, ...RESOURCES, TEMPLATE, OF_TEMPLATE];
          expect(all.filter(item => may(server, item))).toEqual([]);
        } else await checkServer(ask, server, item => may(server, item));
      }
    }
    const most = CASES * SERVERS.length * TOOLS.length;
    expect(allowed).toBeGreaterThan(most / 10);
    expect(allowed).toBeLessThan((most * 9) / 10);
  }, 300_000);
});
