import { describe, expect, it } from 'vitest';
import type { ServerName, UserId } from '../../src/base/index.ts';
import { type Caller, mayUse } from '../../src/policy/index.ts';

const HOME = 'home' as ServerName;

const caller = (grants: Caller['grants'], scopes: readonly string[]): Caller => ({
  principal: 'u1' as UserId,
  name: 'alice',
  isAdmin: grants === 'all',
  client: 'test',
  credential: { kind: 'open', id: 'open', expiresAt: undefined },
  scopes,
  grants,
});
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
