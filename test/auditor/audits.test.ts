import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Callers, type Json, startCallers } from '../admin/api/support/callers.ts';
import { serve } from '../fixtures/serve.ts';
import { type FlawedServer, startFlawed } from './support/flawed-server.ts';

const AUDITS = '/admin/api/security-audits';

let callers: Callers;
let flawed: FlawedServer;
/** Takes a request and says nothing. */
let silent: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  flawed = await startFlawed({ flaws: ['foreign-origin', 'instructions-to-the-model', 'any-token'] });
  silent = await serve(() => {});
  callers = await startCallers({ servers: { flawed: flawed.url } });
});
afterAll(async () => {
  await callers.close();
  await flawed.close();
  await silent.close();
});

const start = (body: Json, who: 'admin' | 'auditor' = 'admin') => callers.ask(who, `POST ${AUDITS}`, body);
const show = async (id: unknown) => (await callers.ask('auditor', `GET ${AUDITS}/${id}`)).body;

/** An audit from its begin to its end. */
async function ended(body: Json): Promise<Json> {
  const { body: begun } = await start(body);
  await expect.poll(async () => (await show(begun.id)).state, { timeout: 20_000 }).not.toBe('running');
  return show(begun.id);
}

const assigned = () => ({ url: flawed.url, token: flawed.token, burst: 150 });

describe('an audit in the background', () => {
  it('is begun, watched, reported in three forms, compared and removed', async () => {
    const begun = await start(assigned());
    expect(begun).toMatchObject({
      status: 202,
      body: { state: 'running', url: flawed.url, started_by: 'user:admin', found: null },
    });
    const first = await ended({ ...assigned(), without: ['any-token'] });
    expect(first).toMatchObject({ state: 'done', found: { critical: 0, high: 2, medium: 0, low: 0 } });
    const second = await ended(assigned());
    expect(second).toMatchObject({ found: { critical: 1, high: 2, medium: 0, low: 0 } });
    const changes = await callers.ask('auditor', `GET ${AUDITS}/${second.id}/changes?since=${first.id}`);
    expect(changes.body).toMatchObject({
      appeared: [{ check: 'any-token' }],
      gone: [],
      stayed: [{ check: 'foreign-origin' }, { check: 'instructions-to-the-model' }],
    });
    const sarif = await callers.ask('auditor', `GET ${AUDITS}/${second.id}/report?format=sarif`);
    const rules = ['any-token', 'foreign-origin', 'instructions-to-the-model'];
    expect(sarif.body).toMatchObject({ runs: [{ results: rules.map(ruleId => ({ ruleId })) }] });
    const removed = await callers.ask('admin', `DELETE ${AUDITS}/${second.id}`);
    expect(removed.status).toBe(204);
    expect((await callers.ask('auditor', `GET ${AUDITS}/${second.id}`)).status).toBe(404);
  });

  it('calls nothing that does not say that it only reads, unless it is told to', async () => {
    const open = await startFlawed({ flaws: ['anyone-calls'] });
    await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: 'open', url: open.url });
    const about = { url: open.url, token: open.token, burst: 1 };
    expect(await ended(about)).toMatchObject({ found: { critical: 1 } });
    expect(open.called).toEqual(['read_note']);
    await ended({ ...about, call_tools: true });
    expect(open.called).toEqual(['read_note', 'save_text']);
    await open.close();
  });

  it('keeps its credential nowhere [T54]', async () => {
    const { id } = await ended(assigned());
    const listed = await callers.ask('auditor', `GET ${AUDITS}`);
    const log = await callers.ask('auditor', 'GET /admin/api/audit');
    const kept = JSON.stringify([listed.body, await show(id), log.body]);
    expect(kept).toContain('security-audit.start');
    expect(kept).not.toContain(flawed.token.split('.')[2]);
  });

  it('shows what a server says as text, whatever it is [T54]', async () => {
    const hostile = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          '{"jsonrpc":"2.0","id":null,"result":{"tools":[]},"x":"<script>alert(1)</script>[a](javascript:b)"}',
        ),
    );
    const { id } = await ended({ url: `${hostile.origin}/mcp`, burst: 1 });
    const { key } = await callers.keyOf(callers.users.auditor, ['audit']);
    const response = await fetch(callers.url(`${AUDITS}/${id}/report?format=markdown`), {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(response.headers.get('content-disposition')).toContain('attachment');
    const text = await response.text();
    expect(text).toContain('# MCP security audit');
    expect(text).not.toMatch(/<script|\]\(javascript/);
    await hostile.close();
  });

  it('is cancelled while a server hangs, and no more than two run at once', async () => {
    const url = `${silent.origin.replace('127.0.0.1', 'localhost')}/mcp`;
    await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: 'silent', url });
    const [one, two, three] = [await start({ url }), await start({ url }), await start({ url })];
    expect([one.status, two.status, three.status]).toEqual([202, 202, 429]);
    for (const { body } of [one, two]) {
      const cancelled = await callers.ask('admin', `POST ${AUDITS}/${body.id}/cancel`, {});
      expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled', found: null } });
    }
    const again = await callers.ask('admin', `POST ${AUDITS}/${one.body.id}/cancel`, {});
    expect(again.status).toBe(409);
    const report = await callers.ask('auditor', `GET ${AUDITS}/${one.body.id}/report`);
    expect(report.status).toBe(409);
  });

  it('answers as version 1 did, at the end', async () => {
    const body = { url: flawed.url, bearer_token: flawed.token };
    const ran = await callers.ask('key:admin', 'POST /admin/api/run-mcp-audit', body);
    expect(ran.status).toBe(200);
    expect(ran.body).toMatchObject({ url: flawed.url, summary: { failed: 3, severity: 'critical' } });
    const results = ran.body.results as readonly Json[];
    expect(results.find(({ name }) => name === 'any-token')).toMatchObject({
      status: 'fail',
      severity: 'critical',
    });
    const exported = await callers.ask('key:admin', 'POST /admin/api/export-mcp-audit', body);
    expect(exported.body.metadata).toMatchObject({ tested_url: flawed.url, has_token: true });
  });
});

describe('an audit that is not begun', () => {
  it.each([
    ['no address', { url: 'flawed' }, 'url'],
    ['an address of a file', { url: 'file:///etc/passwd' }, 'url'],
    ['a password in the address', { url: 'http://a:b@localhost/mcp' }, 'url'],
    ['a token with a line break', { url: 'http://localhost/mcp', token: 'a\r\nHost: b' }, 'token'],
    ['a flood', { url: 'http://localhost/mcp', burst: 100_000 }, 'burst'],
    ['a check that is none', { url: 'http://localhost/mcp', without: ['magic'] }, 'without.0'],
    ['a field that is none', { url: 'http://localhost/mcp', started_by: 'user:bob' }, 'started_by'],
  ])('%s', async (_, body, field) => {
    expect(await start(body)).toMatchObject({ status: 400, body: { field } });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:5432/',
    'http://[::1]:1/',
    'http://10.0.0.1/mcp',
  ])('goes to no address inside that no server has: %s [T54]', async url => {
    // The configured server lies on this machine under another name.
    await callers.ask('admin', 'DELETE /admin/api/mcp-servers/silent');
    const inside = url.includes('127.0.0.1') ? url.replace('127.0.0.1', '127.0.0.2') : url;
    expect(await ended({ url: inside })).toMatchObject({
      state: 'failed',
      reason: 'its address is not allowed',
      found: null,
    });
    const events = () => callers.ask('auditor', 'GET /admin/api/security-events?event_type=ssrf_blocked');
    const told = async () => JSON.stringify((await events()).body);
    await expect.poll(told, { timeout: 20_000 }).toContain('security_auditor');
  });

  it('is nothing for an auditor to begin, nor to cancel', async () => {
    expect((await start({ url: flawed.url }, 'auditor')).status).toBe(403);
    expect((await callers.ask('auditor', `POST ${AUDITS}/x/cancel`, {})).status).toBe(403);
    expect((await callers.ask('admin', `GET ${AUDITS}/x`)).status).toBe(404);
  });
});
