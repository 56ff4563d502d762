import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { type Callers, startCallers } from '../api/support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers({ servers: {} });
});
afterAll(() => callers.close());

describe('what cannot be asked is refused with its field', () => {
  it.each([
    ['figures?since=2020-01-01T00:00:00Z&last_seconds=5', 'last_seconds'],
    ['figures?last_seconds=0', 'last_seconds'],
    ['figures?last_seconds=999999999', 'last_seconds'],
    ['figures?exact=yes', 'exact'],
    ['figures?top=101', 'top'],
    ['figures?server=a&user_id=b', 'server'],
    ['figures?since=0001-01-01T00:00:00Z', 'since'],
    ['figures/series?exact=1', 'exact'],
    ['figures/series?step=7', 'step'],
    ['activity/summary?limit=7', 'limit'],
    ['activity/summary?bridged=yes', 'bridged'],
    ['activity?not_outcome=bad', 'not_outcome'],
    ['mcp-stats?last_hours=-1', 'last_hours'],
    ['mcp-stats?include_top_tools=maybe', 'include_top_tools'],
    ['mcp-requests?limit=201', 'limit'],
    ['mcp-requests?success=1', 'success'],
  ])('%s', async (query, field) => {
    const { status, body } = await callers.ask('admin', `GET /admin/api/${query}`);
    expect([status, body.field]).toEqual([400, field]);
  });

  it.each([
    [['stats', '--last', 'day'], /^--last is a span/],
    [['stats', '--server', 'a', '--user', 'b'], /^Say one of/],
    [['stats', '--server', 'nowhere'], /^There is no server nowhere/],
  ])('%j in a sentence', async (args, says) => {
    const ran = await beside(callers)(args);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(says);
  });
});
