import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

let gateway: GatewayHere;

beforeAll(async () => {
  gateway = await startGatewayHere({ servers: {} });
});
afterAll(() => gateway.close());

const FORM = 'application/x-www-form-urlencoded';
const DOORS = [
  ['/login', FORM, 'name=a&password=b'],
  ['/setup', FORM, 'token=a'],
  ['/device', FORM, 'code=a'],
  ['/account/programs', FORM, 'client=a'],
  ['/auth/login', 'application/json', '{"username":"a","password":"b"}'],
  ['/auth/refresh', 'application/json', '{"refresh_token":"a"}'],
  ['/oauth/token', FORM, 'grant_type=authorization_code'],
  ['/oauth/register', 'application/json', '{}'],
  ['/admin/api/oauth-clients', 'application/json', '{}'],
] as const;

/** Its length is announced by nobody (RFC 9112 section 7.1). */
function sendChunked(path: string, type: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `localhost:${gateway.port}`,
      'content-type': type,
      'transfer-encoding': 'chunked',
    };
    const to = { host: '127.0.0.1', port: gateway.port, path, method: 'POST', headers };
    const request = http.request({ ...to, agent: false });
    request.on('response', response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // A sender that is cut off while it still sends.
    request.on('error', error => ('code' in error && error.code === 'EPIPE' ? undefined : reject(error)));
    request.write(body.slice(0, 1));
    request.end(body.slice(1));
  });
}

describe.each(DOORS)('a body of unknown length to %s', (path, type, body) => {
  it('is read as any other', async () => {
    expect(await sendChunked(path, type, body)).toBeLessThan(500);
  });

  it('is read to its limit', async () => {
    const status = await sendChunked(path, type, `${body}&x=${'y'.repeat(200_000)}`);
    expect(status).toBeGreaterThanOrEqual(300);
    expect(status).toBeLessThan(500);
  });
});
