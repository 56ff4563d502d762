import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GroupId, KeyId, ServerName, UserId } from '../../src/base/index.ts';
import type { Limit, NewRule, Store, User } from '../../src/store/index.ts';
import { createPlace, dialects, type Place } from './support/stores.ts';

const NOW = 1_800_000_000_000;
const home = 'home' as ServerName;
const ghost = 'ghost' as never;

describe.each(dialects)('who may use what, on %s', dialect => {
  let place: Place;
  let store: Store;
  let alice: User;
  beforeEach(async () => {
    place = await createPlace(dialect);
    store = await place.open();
    alice = (await store.createUser({ name: 'alice', passwordHash: undefined, role: 'user' }, NOW)) as User;
  });
  afterEach(() => place.remove());

  const rule = (more: Partial<NewRule> = {}): NewRule => ({
    ...{
      effect: 'allow',
      subject: { kind: 'user', id: alice.id },
      server: home,
      kind: 'tool',
      pattern: 'read*',
    },
    ...{ tier: 'read', note: 'for the kitchen', createdBy: 'user:root' },
    ...more,
  });
  const added = async (more: Partial<NewRule> = {}) => {
    const made = await store.access.addRule(rule(more), NOW);
    if (typeof made === 'string') throw new Error(made);
    return made;
  };

  it('saves a draft of rules as a whole, or nothing of it', async () => {
    const old = await added();
    const bad = rule({ subject: { kind: 'user', id: ghost } });
    const fresh = rule({ pattern: 'fresh*' });
    const refused = await store.access.saveRules({ add: [fresh, bad], remove: [old.id] }, NOW);
    expect(refused).toEqual({ kind: 'unknown', of: 'add', at: 1 });
    expect(await store.access.listRules()).toEqual([old]);
    const twice = await store.access.saveRules({ add: [fresh], remove: [old.id, old.id] }, NOW);
    expect(twice).toEqual({ kind: 'unknown', of: 'remove', at: 1 });
    const taken = await store.access.saveRules({ add: [fresh, rule()], remove: [] }, NOW);
    expect(taken).toEqual({ kind: 'taken', of: 'add', at: 1 });
    expect(await store.access.listRules()).toEqual([old]);
    const saved = await store.access.saveRules({ add: [rule(), fresh], remove: [old.id] }, NOW);
    expect(saved).toMatchObject({ kind: 'saved', removed: [old] });
    const patterns = (await store.access.listRules()).map(({ pattern }) => pattern);
    expect(patterns.sort()).toEqual(['fresh*', 'read*']);
  });

  it('keeps a rule as it was said, with every kind of subject', async () => {
    const group = await store.createGroup({ name: 'family' }, NOW);
    const keyId = 'k1' as KeyId;
    const key = { id: keyId, userId: alice.id, name: 'n', secretHash: 'h', scopes: [], createdAt: NOW };
    await store.createKey({ ...key, expiresAt: undefined });
    const before = await store.revision();
    const made = await Promise.all([
      added(),
      added({
        subject: { kind: 'everybody' },
        server: '*',
        effect: 'deny',
        tier: undefined,
        note: undefined,
      }),
      added({ subject: { kind: 'group', id: typeof group === 'string' ? ghost : group.id } }),
      added({ subject: { kind: 'role', id: 'auditor' } }),
      added({ subject: { kind: 'client', id: 'https://app.example/client.json' } }),
      added({ subject: { kind: 'key', id: keyId } }),
      added({ pattern: "'; drop table rules; --" }),
      added({ pattern: '日本😀*' }),
    ]);
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    expect((await store.access.listRules()).toSorted(byId)).toEqual(made.toSorted(byId));
    expect(await store.revision()).toBe(before + made.length);
  });

  it('keeps the same rule once, raced by many', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => store.access.addRule(rule(), NOW)));
    expect(made.filter(one => one === 'taken')).toHaveLength(7);
    expect(await store.access.listRules()).toHaveLength(1);
  });

  it('refuses rules about nobody', async () => {
    for (const kind of ['user', 'group', 'key'] as const)
      expect(await store.access.addRule(rule({ subject: { kind, id: ghost } as never }), NOW)).toBe(
        'unknown',
      );
    expect(await store.access.listRules()).toEqual([]);
  });

  it('changes and removes only what is there, and never into another rule', async () => {
    const [one, other] = [await added(), await added({ pattern: 'x' })];
    expect(await store.access.updateRule(other.id, { pattern: 'read*' })).toBe('taken');
    const changed = await store.access.updateRule(one.id, { pattern: 'y', tier: undefined, note: undefined });
    expect(changed).toEqual({ ...one, pattern: 'y', tier: undefined, note: undefined });
    expect(await store.access.updateRule(one.id, { note: 'again' })).toEqual({
      ...(changed as object),
      note: 'again',
    });
    for (const id of ['nothing', '', 'a\0b', '__proto__', "' or 1=1 --"]) {
      expect(await store.access.updateRule(id, { note: 'x' })).toBe('unknown');
      expect(await store.access.deleteRule(id)).toBeUndefined();
    }
    expect((await store.access.deleteRule(other.id))?.id).toBe(other.id);
    expect((await store.access.listRules()).map(({ id }) => id)).toEqual([one.id]);
  });

  it('lets rules go with the person, the group and the key, and keep those of a client', async () => {
    const group = (await store.createGroup({ name: 'family' }, NOW)) as { readonly id: GroupId };
    const id = 'k1' as KeyId;
    const key = { id, userId: alice.id, name: 'n', secretHash: 'h', scopes: [], createdAt: NOW };
    await store.createKey({ ...key, expiresAt: undefined });
    await added();
    await added({ subject: { kind: 'group', id: group.id } });
    await added({ subject: { kind: 'key', id } });
    await added({ subject: { kind: 'client', id: 'app' } });
    await store.deleteGroup(group.id);
    await store.deleteUser(alice.id);
    expect((await store.access.listRules()).map(({ subject }) => subject.kind)).toEqual(['client']);
  });

  it('shows whole servers of one person in the simple form, and nothing else', async () => {
    const grant = { userId: alice.id, server: home };
    await added();
    await added({ kind: 'all', pattern: '*', tier: undefined, effect: 'deny' });
    await added({ kind: 'all', pattern: '*', tier: 'read' });
    expect(await store.listGrants()).toEqual([]);
    expect([await store.addGrant(grant), await store.addGrant(grant)]).toEqual([true, false]);
    expect(await store.listGrants()).toEqual([grant]);
    expect([await store.removeGrant(grant), await store.removeGrant(grant)]).toEqual([true, false]);
    expect(await store.access.listRules()).toHaveLength(3);
  });

  it('takes over the grants of a former version', async () => {
    await place.exec(
      `drop table rules; drop table tool_policies; drop table tool_switches; drop table limits;
       create table grants (user_id text not null, server text not null, primary key (user_id, server));
       insert into grants values ('${alice.id}', 'home'), ('${alice.id}', 'work');
       delete from schema_migrations where name = '0007-grants'`,
    );
    const next = await place.open();
    expect(await next.listGrants()).toEqual(['home', 'work'].map(server => ({ userId: alice.id, server })));
    const [first] = await next.access.listRules();
    expect(first).toMatchObject({
      effect: 'allow',
      server: 'home',
      kind: 'all',
      pattern: '*',
      tier: undefined,
    });
    expect(await next.addGrant({ userId: alice.id, server: home })).toBe(false);
    expect(await next.removeGrant({ userId: alice.id, server: home })).toBe(true);
  });

  it('keeps switches of tools, and whether somebody saw them', async () => {
    const doing = { at: NOW, by: 'user:root' };
    const { access } = store;
    await access.setNewTools(home, 'review');
    await access.switchTool({ server: home, name: '__proto__' }, false, doing);
    await access.switchTool({ server: home, name: 'send' }, true, doing);
    await access.switchTool({ server: home, name: 'send' }, false, doing);
    await access.switchTool({ server: home, name: 'gone' }, true, doing);
    await access.switchTool({ server: home, name: 'gone' }, undefined, doing);
    await access.switchTool({ server: 'work' as ServerName, name: 'x' }, true, doing);
    const named = new Map([['__proto__', false]]).set('send', false);
    const seen = { seenAt: undefined, seenBy: undefined, prompts: new Set(), isSilent: false };
    const [first, second] = await access.listSwitches();
    expect(first).toEqual({ server: home, newTools: 'review', named, ...seen });
    expect(second).toEqual({ server: 'work', newTools: 'on', named: new Map([['x', true]]), ...seen });
    await access.markSeen(home, doing);
    expect((await access.listSwitches())[0]).toMatchObject({
      newTools: 'review',
      seenAt: NOW,
      seenBy: 'user:root',
    });
    await access.setNewTools(home, 'off');
    expect((await access.listSwitches())[0]).toMatchObject({ newTools: 'off', seenAt: NOW });
  });

  it('keeps what of a server is withheld, until it is given back or the server is gone', async () => {
    const doing = { at: NOW, by: 'detector:tool_changed' };
    const { access } = store;
    for (const name of ['__proto__', 'daily', 'daily', ''])
      await access.withhold({ server: home, kind: 'prompt', name }, true, doing);
    await access.withhold({ server: home, kind: 'instructions' }, true, doing);
    expect((await access.listSwitches())[0]).toMatchObject({
      ...{ server: home, newTools: 'on', isSilent: true },
      prompts: new Set(['', '__proto__', 'daily']),
    });
    await access.withhold({ server: home, kind: 'prompt', name: 'daily' }, false, doing);
    await access.withhold({ server: home, kind: 'prompt', name: 'never' }, false, doing);
    await access.withhold({ server: home, kind: 'instructions' }, false, doing);
    expect((await access.listSwitches())[0]).toMatchObject({
      isSilent: false,
      prompts: new Set(['', '__proto__']),
    });
    await store.deleteServer(home);
    expect(await access.listSwitches()).toEqual([]);
  });

  it('keeps a limit once for each, and lets it go with whom it is about', async () => {
    const { access } = store;
    const nothing = { requests: undefined, concurrent: undefined, bytesIn: undefined, bytesOut: undefined };
    const base = { ...nothing, windowS: undefined, changedAt: NOW, changedBy: 'user:root' };
    const ofAlice: Limit = { ...base, subject: { kind: 'user', id: alice.id }, requests: 5, windowS: 60 };
    const ofHome: Limit = {
      ...base,
      subject: { kind: 'server', id: home },
      concurrent: 0,
      bytesOut: 2 ** 40,
    };
    expect(await access.putLimit({ ...ofAlice, requests: 9 })).toBe('done');
    expect(await access.putLimit(ofAlice)).toBe('done');
    expect(await access.putLimit(ofHome)).toBe('done');
    expect(await access.putLimit({ ...base, subject: { kind: 'user', id: 'ghost' as UserId } })).toBe(
      'unknown',
    );
    expect(await access.listLimits()).toEqual([ofHome, ofAlice]);
    expect(await access.deleteLimit(ofHome.subject)).toBe(true);
    for (const id of ['home', 'a\0b', '', '__proto__'])
      expect(await access.deleteLimit({ kind: 'server', id: id as ServerName })).toBe(false);
    await store.deleteUser(alice.id);
    expect(await access.listLimits()).toEqual([]);
  });
});
