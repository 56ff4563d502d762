import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerName } from '../../src/base/index.ts';
import { entry, result, type Script } from '../upstream/support/world.ts';
import { type CatalogueWorld, createCatalogueWorld, keysOf, LEGACY, offering } from './support/world.ts';

let world: CatalogueWorld;
beforeEach(async () => {
  world = await createCatalogueWorld();
});
afterEach(() => world.close());

const NAMES = Array.from({ length: 10 }, (_, n) => `tool_${n}`);

/** A server whose list of tools comes in pages, by a function from cursor to page. */
function paged(
  page: (cursor: unknown) => { readonly tools: unknown; readonly nextCursor?: unknown },
): Script {
  return {
    ...offering({}, { tools: {}, prompts: {}, resources: {} }),
    'tools/list': (response, { id, params }) => result(response, id, page(params?.cursor)),
  };
}

async function listed(script: Script): Promise<unknown[]> {
  const home = entry('home', (await world.start(script)).url, { prefix: '' });
  await world.take(home);
  return keysOf(world.view([home]).page('tools').items, 'name');
}

describe('the pages of a server', () => {
  const tool = (name: string) => ({ name });

  it('are all read, also after an empty cursor and through an empty page', async () => {
    const pages: Record<string, { tools: unknown; nextCursor?: string }> = {
      undefined: { tools: [tool('a')], nextCursor: '' },
      '': { tools: [], nextCursor: 'x' },
      x: { tools: [tool('b')] },
    };
    expect(await listed(paged(cursor => pages[String(cursor)] ?? { tools: [] }))).toEqual(['a', 'b']);
  });

  it('that come again and again end', async () => {
    expect(await listed(paged(() => ({ tools: [tool('a')], nextCursor: 'same' })))).toEqual(['a']);
  });

  it('keep what has a name, the first of each', async () => {
    const odd = [
      tool('a'),
      {},
      { name: 7 },
      { name: '' },
      null,
      'x',
      [],
      { name: 'a', second: true },
      tool('b'),
    ];
    expect(await listed(paged(() => ({ tools: odd })))).toEqual(['a', 'b']);
  });

  it('that are no list are an empty one', async () => {
    expect(await listed(paged(() => ({ tools: { name: 'a' } })))).toEqual([]);
  });

  it('of which one fails leave what was known', async () => {
    const server = await world.start(paged(() => ({ tools: [tool('a')] })));
    const home = entry('home', server.url);
    await world.take(home);
    const good = paged(() => ({ tools: [tool('z')], nextCursor: 'bad' }));
    server.play({
      ...good,
      'tools/list': (response, message, heard) =>
        message.params?.cursor === 'bad'
          ? void response.writeHead(500).end()
          : good['tools/list']?.(response, message, heard),
    });
    await world.catalogue.listChanged(home.name, 'tools');
    expect(keysOf(world.view([home]).page('tools').items, 'name')).toEqual(['home_a']);
  });

  it('keep each definition as the bytes that the server sent', async () => {
    const text = '{"x" : 1.10,\n"name":"a","inputSchema":{"type":"object"}, "n":1187563421998473216}';
    const server = await world.start({
      ...offering({}),
      'tools/list': (response, { id }) => {
        response.setHeader('content-type', 'application/json');
        response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":[${text}]}}`);
      },
    });
    const home = entry('home', server.url);
    await world.take(home);
    const expected = text.replace('"a"', '"home_a"');
    expect(world.view([home]).page('tools').items.toString()).toBe(expected);
    await world.restart();
    expect(world.view([home]).page('tools').items.toString()).toBe(expected);
  });
});

describe('the pages of a view', () => {
  const take = async (names: readonly string[], pageSize: number) => {
    const server = await world.start(offering({ tools: names }));
    const home = entry('home', server.url, { prefix: '' });
    await world.take(home);
    return { server, home, view: world.view([home], { pageSize }) };
  };

  it.each([1, 3, 10, 11])('hold every item once, %i a page', async size => {
    const { view } = await take(NAMES, size);
    const found: unknown[] = [];
    let pages = 0;
    let next: { after: string; index: number } | undefined;
    do {
      const page = view.page('tools', next?.after, next?.index);
      found.push(...keysOf(page.items, 'name'));
      next = page.next;
      pages++;
    } while (next && pages < 20);
    expect(found).toEqual(NAMES);
    expect(pages).toBe(Math.ceil(NAMES.length / size));
  });

  it('without a size end at four megabytes, and one larger item still stands alone', async () => {
    const description = 'd'.repeat(1_500_000);
    const large = NAMES.slice(0, 4).map(name => ({ name, description }));
    const huge = { name: 'huge', description: 'd'.repeat(5_000_000) };
    const server = await world.start(offering({ tools: [...large, huge] }));
    const home = entry('home', server.url, { prefix: '', timeoutMs: 5000 });
    await world.take(home);
    const view = world.view([home]);
    const first = view.page('tools');
    const second = view.page('tools', first.next?.after, first.next?.index);
    const third = view.page('tools', second.next?.after, second.next?.index);
    expect([first, second, third].map(({ items }) => keysOf(items, 'name'))).toEqual([
      NAMES.slice(0, 2),
      NAMES.slice(2, 4),
      ['huge'],
    ]);
    expect(third.next).toBeUndefined();
  });

  it('go on at the same place when the item before them is gone', async () => {
    const { server, home, view } = await take(NAMES, 3);
    const { next } = view.page('tools');
    server.play(offering({ tools: NAMES.filter(name => name !== 'tool_2') }));
    await world.catalogue.listChanged(home.name, 'tools');
    const later = world.view([home], { pageSize: 3 }).page('tools', next?.after, next?.index);
    expect(keysOf(later.items, 'name')[0]).toBe('tool_3');
    const newer = world.view([home], { pageSize: 3 }).page('tools', 'tool_1', 9);
    expect(keysOf(newer.items, 'name')[0]).toBe('tool_3');
  });

  it('beyond the end are empty', async () => {
    const { view } = await take(NAMES, 3);
    expect(view.page('tools', 'nobody', 99)).toEqual({ items: Buffer.alloc(0), next: undefined });
  });
});

describe('what is kept', () => {
  it('is there after a restart, before any server was asked', async () => {
    const server = await world.start(offering({ tools: ['a'] }));
    const home = entry('home', server.url);
    await world.take(home);
    await server.close();
    await world.restart();
    expect(keysOf(world.view([home]).page('tools').items, 'name')).toEqual(['home_a']);
  });

  it('of another server is not what this one offers', async () => {
    const home = entry('home', (await world.start(offering({ tools: ['a'] }))).url);
    await world.take(home);
    const other = entry('other', 'http://127.0.0.1:1/');
    expect(world.view([other]).page('tools').items.length).toBe(0);
    expect(world.catalogue.offer('other' as ServerName, LEGACY)).toBeUndefined();
  });

  it('of each profile is what the server says to that profile', async () => {
    const script = offering({ tools: ['plain'] });
    const sampling = { ...LEGACY, capabilities: 1 };
    let isSampling = false;
    const server = await world.start({
      ...script,
      initialize: (response, message, heard) => {
        isSampling = JSON.stringify(message.params).includes('sampling');
        script.initialize?.(response, message, heard);
      },
      'tools/list': (response, { id }) =>
        result(response, id, { tools: [{ name: isSampling ? 'sample' : 'plain' }] }),
    });
    const home = entry('home', server.url, { prefix: '' });
    await world.take(home);
    await world.catalogue.ensure([home.name], sampling);
    const toolsOf = (profile: typeof LEGACY) =>
      world.catalogue.offer(home.name, profile)?.lists.tools.map(({ key }) => key);
    expect(toolsOf(LEGACY)).toEqual(['plain']);
    expect(toolsOf(sampling)).toEqual(['sample']);
  });

  it('changes are told once, with the lists that changed', async () => {
    const server = await world.start(offering({ tools: ['a'], prompts: ['p'] }));
    const home = entry('home', server.url);
    await world.take(home);
    const told: unknown[] = [];
    world.catalogue.onChange(change => told.push(change));
    const before = world.catalogue.version;
    await world.catalogue.listChanged(home.name, 'prompts');
    expect(world.catalogue.version).toBe(before);
    server.play(offering({ tools: ['a', 'b'], prompts: ['p'] }));
    await world.catalogue.listChanged(home.name, 'tools');
    expect(world.catalogue.version).toBeGreaterThan(before);
    expect(told).toContainEqual({ server: 'home', lists: ['tools'] });
  });
});
