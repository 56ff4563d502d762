import { describe, expect, it } from 'vitest';
import type { ServerName, UserId } from '../../src/base/index.ts';
import { type Caller, lacksScope, mayUse, Policy, type Rule } from '../../src/policy/index.ts';

const HOME = 'home' as ServerName;

const ALICE = 'u1' as UserId;

const grantOf = (server: ServerName): Rule => ({
  ...{ id: server, effect: 'allow', subject: { kind: 'user', id: ALICE }, server, kind: 'all', pattern: '*' },
  ...{ tier: undefined, note: undefined, createdAt: 0, createdBy: 'test' },
});

const caller = (grants: ReadonlySet<ServerName> | 'all', scopes: readonly string[]): Caller => {
  const role = grants === 'all' ? 'admin' : 'user';
  const person = { user: ALICE, role, groups: [] } as const;
  const rules = grants === 'all' ? [] : [...grants].map(grantOf);
  return {
    principal: ALICE,
    name: 'alice',
    isAdmin: grants === 'all',
    client: 'test',
    credential: { kind: 'open', id: 'open', expiresAt: undefined },
    scopes,
    person,
    rights: new Policy({ rules, switches: new Map() }).rightsOf(person),
  };
};
const some = (...names: string[]) => new Set(names as ServerName[]);

describe('a server may be used', () => {
  it.each<[string, Caller]>([
    ['by grant and scope', caller(some('home'), ['mcp'])],
    ['by a key for this server', caller(some('home'), ['mcp:home'])],
    ['by an administrator', caller('all', ['mcp'])],
    ['by an administrator’s key for this server', caller('all', ['audit', 'mcp:home'])],
  ])('%s', (_, who) => expect(mayUse(who, HOME)).toBe(true));
});

describe('a server may not be used', () => {
  it.each<[string, Caller]>([
    ['without a grant', caller(some(), ['mcp'])],
    ['by a grant for another', caller(some('home2', 'hom'), ['mcp'])],
    ['by a key for another', caller(some('home'), ['mcp:work'])],
    ['by a scope that says nothing of servers', caller(some('home'), ['admin', 'audit', 'metrics'])],
    [
      'by a scope that only looks alike',
      caller(some('home'), ['mcp:', 'MCP', 'mcp:home2', 'mcp:*', 'mcp home']),
    ],
    ['by an administrator’s key for another', caller('all', ['mcp:work'])],
    ['by an administrator without a scope', caller('all', [])],
  ])('%s', (_, who) => expect(mayUse(who, HOME)).toBe(false));
});

describe('nothing but a scope is lacking', () => {
  it.each<[string, Caller, boolean]>([
    ['to a key for another server', caller(some('home'), ['mcp:work']), true],
    ['to an administrator’s key for another server', caller('all', ['mcp:work']), true],
    ['where a grant is lacking too', caller(some('work'), ['mcp:work']), false],
    ['where a grant alone is lacking', caller(some('work'), ['mcp']), false],
    ['where nothing is', caller(some('home'), ['mcp:home']), false],
  ])('%s', (_, who, expected) => expect(lacksScope(who, HOME)).toBe(expected));
});
