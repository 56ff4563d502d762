import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerName } from '../../src/base/index.ts';
import { entry } from '../upstream/support/world.ts';
import { type CatalogueWorld, createCatalogueWorld, keysOf, offering } from './support/world.ts';

let world: CatalogueWorld;
beforeEach(async () => {
  world = await createCatalogueWorld();
});
afterEach(() => world.close());

const plain = { prefix: '' };
const a = entry('a', 'http://127.0.0.1:1/', plain);
const b = entry('b', 'http://127.0.0.1:1/', plain);
const publish = (one: typeof a, ...names: string[]) => world.catalogue.names.publish(one, 'tool', names);
const exposed = (one: typeof a, name: string) => world.catalogue.names.exposed(one, 'tool', name);

describe('a name', () => {
  it('belongs to who came first; the next one gets a suffix, and the collision is an event [T38]', async () => {
    await publish(a, 'search');
    await publish(b, 'search', 'other');
    expect([exposed(a, 'search'), exposed(b, 'search'), exposed(b, 'other')]).toEqual([
      'search',
      'search_2',
      'other',
    ]);
    await world.ledger.flush();
    expect(await world.store.listEvents(9)).toMatchObject([
      {
        type: 'name_collision',
        server: 'b',
        detail: '{"wanted":"search","given":"search_2","action":"logged"}',
      },
    ]);
  });

  it('stays with its owner when it drops it and after a restart, and a newcomer never gets it [T38]', async () => {
    await publish(a, 'search');
    await publish(a, 'something else');
    await world.restart();
    await publish(b, 'search');
    expect(exposed(b, 'search')).toBe('search_2');
    expect(world.catalogue.names.owner('tool', 'search')).toMatchObject({ server: 'a', original: 'search' });
  });

  it('is taken by no prefix that spells another’s name [T38]', async () => {
    await publish(entry('git', 'http://127.0.0.1:1/', { prefix: 'git_' }), 'push');
    await publish(b, 'git_push');
    expect(exposed(b, 'git_push')).toBe('git_push_2');
  });

  it('is decided by the store between two processes at once', async () => {
    const before = world.catalogue;
    await world.restart();
    await Promise.all([
      before.names.publish(a, 'tool', ['x']),
      world.catalogue.names.publish(b, 'tool', ['x']),
    ]);
    await world.restart();
    const owner = world.catalogue.names.owner('tool', 'x');
    expect(['a', 'b']).toContain(owner?.server);
    expect([exposed(a, 'x'), exposed(b, 'x')].filter(name => name === 'x')).toHaveLength(1);
  });

  it('that is too long for the big model APIs is cut and stays distinct', async () => {
    const long = (end: string) => 'n'.repeat(80) + end;
    const prefixed = entry('p', 'http://127.0.0.1:1/', { prefix: 'p_' });
    await publish(prefixed, long('1'), long('2'), 'n'.repeat(62), 'n'.repeat(63));
    const names = [long('1'), long('2'), 'n'.repeat(62), 'n'.repeat(63)].map(name => exposed(prefixed, name));
    expect(new Set(names).size).toBe(4);
    expect(names.map(name => name?.length)).toEqual([64, 64, 64, 64]);
    expect(names[0]).toMatch(/^p_n{55}_[0-9a-f]{6}$/);
    expect(names[2]).toBe(`p_${'n'.repeat(62)}`);
  });

  it('of the prototype is a name like any other [T5]', async () => {
    await publish(a, '__proto__', 'constructor');
    expect([exposed(a, '__proto__'), exposed(a, 'constructor'), exposed(a, 'toString')]).toEqual([
      '__proto__',
      'constructor',
      undefined,
    ]);
  });

  it('of a resource is its URI, and for the second server its own form of it', async () => {
    const { names } = world.catalogue;
    await names.publish(a, 'resource', ['file:///x']);
    await names.publish(b, 'resource', ['file:///x', 'file:///y']);
    expect(names.exposed(b, 'resource', 'file:///x')).toBe('srv-b+file:///x');
    expect(names.exposed(b, 'resource', 'file:///y')).toBe('file:///y');
    expect(names.owner('resource', 'file:///x')?.server).toBe('a');
  });
});

describe('a view of many servers', () => {
  const start = async (name: string, lists: Parameters<typeof offering>[0], more = {}) =>
    entry(name, (await world.start(offering(lists))).url, more);

  it('lists under exposed names and finds by them, by raw names only the first owner’s', async () => {
    const home = await start('home', { tools: ['read', 'only'] });
    const work = await start('work', { tools: ['read'] });
    await world.take(home, work);
    const view = world.view([home, work]);
    expect(keysOf(view.page('tools').items, 'name')).toEqual(['home_read', 'home_only', 'work_read']);
    expect(view.find('tool', 'work_read')).toMatchObject({ server: 'work', original: 'read' });
    expect(view.find('tool', 'read')).toMatchObject({ server: 'home' });
    expect(view.find('tool', 'only')).toMatchObject({ server: 'home' });
  });

  it('gives a raw name to nobody else when its owner is not permitted [T38]', async () => {
    const home = await start('home', { tools: ['read'] });
    const work = await start('work', { tools: ['read'] });
    await world.take(home, work);
    expect(world.view([work]).find('tool', 'read')).toBeUndefined();
    expect(world.view([work]).find('tool', 'home_read')).toBeUndefined();
  });

  it('of one server alone has the server’s own names', async () => {
    const home = await start('home', { tools: ['read'], prompts: ['greet'] });
    await world.take(home);
    const view = world.view([home], { endpoint: 'home' as ServerName });
    expect(keysOf(view.page('tools').items, 'name')).toEqual(['read']);
    expect(view.find('prompt', 'greet')).toMatchObject({ original: 'greet' });
    expect(view.find('tool', 'home_read')).toBeUndefined();
  });

  it('lets no template claim the resources of others [T39]', async () => {
    const greedy = await start('greedy', { templates: ['{+uri}', 'note://{x}'] });
    const files = await start('files', { resources: ['file:///a'], templates: ['file:///{path}'] });
    await world.take(greedy, files);
    const view = world.view([greedy, files]);
    expect(keysOf(view.page('resourceTemplates').items, 'uriTemplate')).toEqual([
      'note://{x}',
      'file:///{path}',
    ]);
    expect(['file:///a', 'file:///b', 'note://1', 'db://x'].map(uri => view.findUri(uri)?.server)).toEqual([
      'files',
      'files',
      'greedy',
      undefined,
    ]);
    // Denied the owner of a listed URI, nobody else is asked for it, not even one whose template covers it.
    const mirror = await start('mirror', { templates: ['file:///{any}'] });
    await world.take(greedy, files, mirror);
    expect(world.view([greedy, mirror]).findUri('file:///a')).toBeUndefined();
    expect(world.view([greedy, mirror]).findUri('file:///b')?.server).toBe('mirror');
  });
});
