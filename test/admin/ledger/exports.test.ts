import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/base/index.ts';
import { beside } from '../../cli/support/beside.ts';
import { entryAt } from '../../store/ledger/support/entries.ts';
import { startProcess } from '../../support/processes.ts';
import { type Callers, type Json, startCallers } from '../api/support/callers.ts';

const COUNT = 2_345;
const AT = Date.UTC(2026, 10, 1);
const odd = ['=cmd|calc', '+1', '-2', '@x', '\tx', '\rx', 'a"b', 'a,b', 'a\nb', "'quoted", '\u001b[2J', 'ü'];

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
  const rows = Array.from({ length: COUNT }, (_, n) =>
    entryAt(AT + n, { target: odd[n % odd.length], code: n % 2 ? -32602 : undefined }),
  );
  for (let n = 0; n < COUNT; n += 500)
    await callers.store.writeLedger({ activity: rows.slice(n, n + 500), events: [] });
});
afterAll(() => callers.close());

const text = async (path: string) => {
  const { key } = await callers.keyOf(callers.users.auditor, ['audit']);
  const response = await fetch(callers.url(`/admin/api/${path}`), {
    headers: { authorization: `Bearer ${key}` },
  });
  return { headers: response.headers, text: await response.text() };
};

/** RFC 4180. */
function readCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}

describe('an export', () => {
  it('as JSON lines has every entry once, each a line whatever names hold', async () => {
    const found = await text(
      'activity/export?format=jsonl&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z',
    );
    expect(found.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    expect(found.headers.get('content-disposition')).toBe('attachment; filename="activity.jsonl"');
    const rows = found.text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Json);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(COUNT);
    expect(rows).toHaveLength(COUNT);
    expect(new Set(rows.map(({ target }) => target))).toEqual(new Set(odd));
  });

  it('as CSV has them as well, and no cell that a spreadsheet runs [T52]', async () => {
    const found = await text('activity/export?format=csv&until=2026-11-02T00:00:00Z');
    expect(found.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head = [], ...rows] = readCsv(found.text);
    expect(rows).toHaveLength(COUNT);
    const [target, code] = [head.indexOf('target'), head.indexOf('code')];
    for (const row of rows) expect(row[target]).not.toMatch(/^[=+\-@\t\r]/);
    expect(new Set(rows.map(row => row[target]?.replace(/^'(?=[=+\-@\t\r])/, '')))).toEqual(new Set(odd));
    expect(new Set(rows.map(row => row[code]))).toEqual(new Set(['', '-32602']));
  });

  it('of the audit log and of security events', async () => {
    const at = Date.now();
    const change = {
      actor: 'file',
      action: 'test.export',
      target: '=1+1',
      before: undefined,
      after: '{"a":[1]}',
    };
    await callers.store.addAudit({ id: uuidv7(at), at, ...change });
    const audit = await text('audit/export?format=csv&action=test.export');
    expect(audit.text).toMatch(
      /^id,at,actor,address,action,target,before,after\r\n[^\n]+,'=1\+1,,"\{""a"":\[1\]\}"\r\n$/,
    );
    expect((await text('security-events/export?format=jsonl&severity=critical')).text).toBe('');
  });

  it.each([
    ['activity/export', 'format'],
    ['activity/export?format=xml', 'format'],
    ['audit/export?format=csv&limit=5', 'limit'],
    ['security-events/export?format=csv&severity=bad', 'severity'],
  ])('refuses %s with its field', async (path, field) => {
    const { status, body } = await callers.ask('admin', `GET /admin/api/${path}`);
    expect([status, body.field]).toEqual([400, field]);
  });
});

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

describe('tail', () => {
  it('follows a running gateway, and what names hold moves no cursor [T52]', async () => {
    const { key } = await callers.keyOf(callers.users.auditor, ['audit']);
    const args = [MAIN, 'tail', '--url', callers.origin, '--kind', 'event'];
    const running = startProcess(process.execPath, args, { env: { AUTHMCP_TOKEN: key } });
    const line = running.line(/invalid_token/, 20_000);
    let isSeen = false;
    const knock = async () => {
      while (!isSeen) {
        const headers = { authorization: `Bearer amg_${Math.random()}`, 'content-type': 'application/json' };
        await fetch(callers.url('/mcp'), { method: 'POST', headers, body: '{}' });
        await new Promise(resolve => setTimeout(resolve, 200));
      }
    };
    const knocking = knock();
    const [found] = await line;
    isSeen = true;
    await knocking;
    expect(found).toBe('invalid_token');
    await running.stop();
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no token', [], {}, /^Tail needs an API key/],
    ['a token that is none', [], { AUTHMCP_TOKEN: 'amg_no' }, /^The gateway refuses: /],
    ['a bad address', ['--url', 'nowhere'], {}, /^nowhere is no address/],
    ['a filter that is none', ['--outcome', 'fine'], {}, /^The gateway refuses: outcome/],
  ])('is refused in a sentence: %s', async (what, args, env, says) => {
    const { key } = await callers.keyOf(callers.users.auditor, ['audit']);
    const token = what.startsWith('a filter') ? { AUTHMCP_TOKEN: key } : { AUTHMCP_TOKEN: '', ...env };
    const running = startProcess(
      process.execPath,
      [MAIN, 'tail', ...(args.includes('--url') ? [] : ['--url', callers.origin]), ...args],
      { env: token },
    );
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
  });
});

it('an export comes to the terminal as well', async () => {
  const ran = await beside(callers)(['export', 'activity', '--format', 'csv', '--until', '2026-11-02']);
  expect(ran.code).toBe(0);
  expect(ran.out.split('\n').length).toBeGreaterThan(COUNT);
  expect((await beside(callers)(['export', 'everything'])).code).toBe(1);
});
