import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { post } from '../../support/mcp.ts';

let echo: Echo2025;
let gateway: GatewayHere;

beforeAll(async () => {
  echo = await startEcho2025();
  gateway = await startGatewayHere({ servers: { echo: echo.url } });
  await send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
});
beforeEach(() => echo.journal.clear());
afterAll(async () => {
  await gateway.close();
  await echo.close();
});

type Answer = { readonly status: number; readonly text: string; readonly code: number | undefined };

/** Posts bytes as they are; fetch would mend some of them. */
function send(
  body: string | Buffer,
  headers: Readonly<Record<string, string | string[]>> = {},
  path = '/mcp',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: gateway.port, path, method: 'POST' }, async response => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, text, code: codeOf(text) });
    });
    const all = {
      host: `localhost:${gateway.port}`,
      authorization: `Bearer ${gateway.adminToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    };
    for (const [name, value] of Object.entries(all)) sent.setHeader(name, value);
    sent.once('error', reject).end(body);
  });
}

function codeOf(text: string): number | undefined {
  try {
    return JSON.parse(text).error?.code;
  } catch {
    return undefined;
  }
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const rpc = (rest: string) => `{"jsonrpc":"2.0",${rest}}`;
const call = (params: string) => rpc(`"id":1,"method":"tools/call","params":${params}`);

describe('a body that is no message', () => {
  it.for([
    ['nothing', '', -32700],
    ['white space', ' \n', -32700],
    ['UTF-16', utf16(PING), -32700],
    ['a byte order mark', `\ufeff${PING}`, -32700],
    ['Latin-1', Buffer.from(rpc('"id":"\xe9","method":"ping"'), 'latin1'), -32700],
    ['half a message', PING.slice(0, -3), -32700],
    ['a message and more', `${PING}{}`, -32700],
    ['single quotes', "{'jsonrpc':'2.0'}", -32700],
    ['a comment', `/* x */${PING}`, -32700],
    ['an overlong NUL', Buffer.from([0x22, 0xc0, 0x80, 0x22]), -32700],
    ['a number', '7', -32600],
    ['null', 'null', -32600],
    ['a string', '"ping"', -32600],
    ['an empty object', '{}', -32600],
    ['an empty batch', '[]', -32600],
    ['JSON-RPC 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
    ['no jsonrpc', '{"id":1,"method":"ping"}', -32600],
    ['a method that is none', rpc('"id":1,"method":7'), -32600],
    ['an id alone', rpc('"id":1'), -32600],
    ['id null', rpc('"id":null,"method":"ping"'), -32600],
    ['id 1.5', rpc('"id":1.5,"method":"ping"'), -32600],
    ['id true', rpc('"id":true,"method":"ping"'), -32600],
    ['id []', rpc('"id":[],"method":"ping"'), -32600],
    ['id 1e400', rpc('"id":1e400,"method":"ping"'), -32600],
    ['params of an array', rpc('"id":1,"method":"ping","params":[1]'), -32602],
    ['params of a string', rpc('"id":1,"method":"ping","params":"x"'), -32602],
    ['a key twice', rpc('"id":1,"method":"ping","method":"tools/list"'), -32600],
    ['an id twice', rpc('"id":1,"id":2,"method":"ping"'), -32600],
  ] as const)('as %s is 400', async ([, body, code]) => {
    expect(await send(body)).toMatchObject({ status: 400, code });
    expect(echo.journal.entries().filter(entry => entry.http === 'POST')).toEqual([]);
  });

  it('but a deeply nested one is read like any other', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const answer = await send(call(`{"name":"echo_read","arguments":{"a":${deep}}}`));
    expect(answer.status).toBe(200);
    expect(JSON.parse((await send(deep)).text)).toMatchObject([{ error: { code: -32600 } }]);
  });

  it.for([['0'], ['-1'], ['""'], ['"a b"'], ['9007199254740991'], ['1.0']])(
    'is no body with id %s',
    async ([id]) => {
      const { status, text } = await send(rpc(`"id":${id},"method":"ping"`));
      expect({ status, text }).toEqual({ status: 200, text: `{"jsonrpc":"2.0","id":${id},"result":{}}` });
    },
  );

  it('with an id is answered under that id', async () => {
    const { text } = await send('{"jsonrpc":"2.0","id":"mine","method":"ping","params":[]}');
    expect(JSON.parse(text).id).toBe('mine');
  });
});

describe('T4: two keys of one name', () => {
  it.for([
    ['{"name":"echo_read","name":"echo_write"}'],
    ['{"name":"echo_read","n\\u0061me":"echo_write"}'],
    ['{"\\u006eame":"echo_write","name":"echo_read"}'],
    ['{"name":"echo_read","_meta":{},"_meta":{}}'],
  ])('%s reaches no server', async ([params = '']) => {
    expect(await send(call(params))).toMatchObject({ status: 400, code: -32600 });
    expect(echo.journal.of('tools/call')).toEqual([]);
  });

  it('in params given twice reach no server', async () => {
    const body = rpc(
      '"id":1,"method":"tools/call","params":{"name":"echo_read"},"p\\u0061rams":{"name":"echo_write"}',
    );
    expect(await send(body)).toMatchObject({ status: 400, code: -32600 });
  });
});

describe('T5: names that JavaScript knows', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];

  it.for(NAMES)('%s is an unknown tool, prompt, resource and method', async name => {
    expect(await send(call(`{"name":"${name}"}`))).toMatchObject({ status: 200, code: -32602 });
    const of = (method: string, params: string) =>
      send(rpc(`"id":1,"method":"${method}","params":${params}`));
    expect((await of('prompts/get', `{"name":"${name}"}`)).code).toBe(-32602);
    expect((await of('resources/read', `{"uri":"${name}"}`)).code).toBe(-32002);
    expect((await of('completion/complete', `{"ref":{"type":"ref/prompt","name":"${name}"}}`)).code).toBe(
      -32602,
    );
    expect((await of(name, '{}')).code).toBe(-32601);
    expect((await of('tools/list', `{"cursor":"${name}"}`)).code).toBe(-32602);
  });

  it.for(NAMES)('%s is no server', async name => {
    expect(await send(PING, {}, `/mcp/${name}`)).toMatchObject({ status: 404 });
  });

  it('are ordinary arguments, and change nothing for later calls', async () => {
    const args = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"toString":1}';
    const answer = await send(
      call(`{"name":"echo_read","__proto__":{"name":"echo_write"},"arguments":${args}}`),
    );
    expect(answer.text).toContain(`"structuredContent":{"arguments":${args}}`);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  it('as the only name are no name', async () => {
    expect(await send(call('{"__proto__":{"name":"echo_read"}}'))).toMatchObject({ code: -32602 });
    expect(await send('{"__proto__":{"jsonrpc":"2.0","id":1,"method":"ping"}}')).toMatchObject({
      status: 400,
    });
  });
});

describe('params of a wrong type', () => {
  it.for([
    ['tools/call', '{}'],
    ['tools/call', '{"name":7}'],
    ['tools/call', '{"name":["echo_read"]}'],
    ['tools/call', '{"name":"echo_read","arguments":[]}'],
    ['tools/call', '{"name":"echo_read","arguments":"x"}'],
    ['prompts/get', '{"name":null}'],
    ['resources/read', '{"uri":{}}'],
    ['completion/complete', '{"ref":"greet"}'],
    ['completion/complete', '{"ref":{"type":"ref/tool","name":"x"}}'],
    ['logging/setLevel', '{"level":"loud"}'],
    ['logging/setLevel', '{"level":3}'],
    ['initialize', '{}'],
    ['initialize', '{"protocolVersion":7,"capabilities":{}}'],
    ['initialize', '{"protocolVersion":"2025-11-25","capabilities":[]}'],
    ['tools/list', '{"cursor":7}'],
    ['tools/list', '{"cursor":""}'],
  ] as const)('%s with %s is -32602', async ([method, params]) => {
    const answer = await send(rpc(`"id":1,"method":"${method}","params":${params}`));
    expect(answer).toMatchObject({ status: 200, code: -32602 });
    expect(echo.journal.of(method)).toEqual([]);
  });

  it.for([
    'tools/fly',
    'rpc.discover',
    '',
    'TOOLS/LIST',
    'tools/list ',
    'server/discover',
    'subscriptions/listen',
  ])('and method %j, which 2025 does not know, is 200 with -32601', async method => {
    const answer = await send(rpc(`"id":1,"method":${JSON.stringify(method)}`));
    expect(answer).toMatchObject({ status: 200, code: -32601 });
  });

  it('in a notification that nobody knows is accepted and dropped', async () => {
    const response = await post(gateway.url('/mcp'), rpc('"method":"notifications/unheard"'), {
      token: gateway.adminToken,
    });
    expect([response.status, response.text]).toEqual([202, '']);
    expect(response.headers.has('content-type')).toBe(false);
  });
});

describe('a body of 100 MB', () => {
  const MB = 1024 * 1024;

  it('that announces itself is refused before it is read', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { host: `localhost:${gateway.port}`, 'content-length': String(100 * MB) };
      const sent = request({ host: '127.0.0.1', port: gateway.port, path: '/mcp', method: 'POST', headers });
      sent.setHeader('authorization', `Bearer ${gateway.adminToken}`);
      sent.once('response', response => resolve(response.statusCode ?? 0)).once('error', reject);
      sent.write('{');
    });
    expect(status).toBe(413);
  });

  it('that comes in chunks is refused where it passes the limit', async () => {
    const outcome = await new Promise<{ status: number; sent: number }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: gateway.port, path: '/mcp', method: 'POST' };
      const asked = request({ ...options, headers: { host: `localhost:${gateway.port}` } });
      asked.setHeader('authorization', `Bearer ${gateway.adminToken}`);
      let sent = 0;
      let isOver = false;
      const pour = () => {
        while (!isOver && sent < 100 * MB) {
          sent += MB;
          if (!asked.write('x'.repeat(MB))) return void asked.once('drain', pour);
        }
      };
      asked.once('response', response => {
        isOver = true;
        resolve({ status: response.statusCode ?? 0, sent });
        asked.destroy();
      });
      asked.on('error', error => isOver || reject(error));
      pour();
    });
    expect(outcome.status).toBe(413);
    expect(outcome.sent).toBeLessThan(100 * MB);
  });

  it('without a token is refused without being read', async () => {
    const answer = await send('x'.repeat(MB), { authorization: 'Bearer amg_no_such' });
    expect(answer.status).toBe(401);
  });
});
