import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

let gateway: GatewayHere;
beforeAll(async () => {
  gateway = await startGatewayHere({ servers: {} });
});
afterAll(() => gateway.close());

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(gateway.url(path), { redirect: 'manual', ...init });
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}

describe('addresses of version 1', () => {
  it.each([
    ['/setup/create-admin', 'POST'],
    ['/api/login', 'POST'],
    ['/admin/api/login', 'POST'],
    ['/mcp/messages', 'POST'],
    ['/mcp/home/messages', 'POST'],
    ['/mcp/messages', 'GET'],
    ['/account/token', 'GET'],
    ['/account/rotate', 'POST'],
    ['/account/info', 'GET'],
    ['/account/logout', 'GET'],
    ['/admin/api/access-token', 'GET'],
    ['/admin/api/access-token/rotate', 'POST'],
  ])('%s by %s is gone, with one sentence', async (path, method) => {
    const { status, headers, text } = await ask(path, { method });
    expect([status, headers.get('content-type')]).toEqual([410, 'application/json']);
    const { error, message } = JSON.parse(text);
    expect(error).toBe('gone');
    expect(message).toMatch(/^[A-Z][^.]+\.$/);
  });

  it.each([
    ['/admin/mcp-activity', '/admin/activity'],
    ['/admin/mcp-servers', '/admin/servers'],
    ['/admin/security-logs', '/admin/security'],
    ['/admin/mcp-audit', '/admin/security?tab=scans'],
    ['/admin/logs', '/admin/audit-log?tab=sign-ins'],
    ['/admin/oauth-clients', '/admin/clients'],
    ['/admin/mcp-tokens', '/admin/servers?tab=tokens'],
    ['/admin/users', '/admin/people'],
    ['/', '/admin'],
  ])('%s leads to %s', async (path, page) => {
    const { status, headers } = await ask(path, { headers: BROWSER });
    expect([status, headers.get('location')]).toEqual([302, page]);
  });

  it('pages that kept their address ask for a sign-in and come back to it', async () => {
    for (const path of ['/admin/settings', '/account', '/admin/people?window=7d']) {
      const { status, headers } = await ask(path, { headers: BROWSER });
      expect([status, headers.get('location')]).toEqual([303, `/login?next=${encodeURIComponent(path)}`]);
    }
  });

  it('the icon that browsers ask for is nothing, and no error', async () => {
    expect((await ask('/favicon.ico')).status).toBe(204);
  });
});

describe('an address that nobody has', () => {
  it.each(['/nowhere', '/admin/nowhere', '/api/users', '/static/app.js', '/mcpx'])(
    '%s is 404 as JSON for programs and as a page for browsers',
    async path => {
      const program = await ask(path);
      expect([program.status, JSON.parse(program.text).error]).toEqual([404, 'not_found']);
      const posted = await ask(path, { method: 'POST', headers: BROWSER, body: '{}' });
      expect([posted.status, posted.headers.get('content-type')]).toEqual([404, 'application/json']);
      const browser = await ask(path, { headers: BROWSER });
      expect(browser.status).toBe(404);
      expect(browser.text).toContain('<h1>Nothing is here</h1>');
      for (const { headers } of [program, browser]) {
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-frame-options')).toBe('DENY');
      }
    },
  );

  it('says nothing of what was asked for', async () => {
    const { text } = await ask('/%3Cscript%3Ealert(1)', { headers: BROWSER });
    expect(text).not.toMatch(/alert|%3C/);
  });
});
