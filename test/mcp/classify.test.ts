import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/index.ts';
import { type Classified, classify, META, readBody, readMessage } from '../../src/mcp/index.ts';

const MODERN = '2026-07-28';
const META_GOOD = { [META.protocolVersion]: MODERN, [META.clientCapabilities]: {} };

type Headers = { readonly version?: string; readonly method?: string; readonly name?: string };

function classified(message: object, headers: Headers): Classified {
  const { values } = readBody(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  const [one] = values;
  if (!one) throw new Error('no message');
  const mirrors = { version: undefined, method: undefined, name: undefined, ...headers };
  return classify(readMessage(one.value, one.bytes), mirrors);
}

function refusal(
  message: object,
  headers: Headers,
): { code: number; status: number; says: string } | undefined {
  try {
    classified(message, headers);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { code: error.code, status: error.status, says: error.message };
  }
  return undefined;
}

const list = (params?: object) => ({ id: 1, method: 'tools/list', ...(params && { params }) });
const call = (name: unknown = 'add', meta: object = META_GOOD) => ({
  id: 1,
  method: 'tools/call',
  params: { name, _meta: meta },
});
const callHeaders = { version: MODERN, method: 'tools/call', name: 'add' };

describe('what a message belongs to', () => {
  it.each<[string, object, Headers, Classified]>([
    ['a full modern request', call(), callHeaders, { era: 'modern', revision: MODERN }],
    ['neither key nor header', list(), {}, { era: 'legacy', revision: undefined }],
    ['a header of 2025', list(), { version: '2025-06-18' }, { era: 'legacy', revision: '2025-06-18' }],
    [
      '_meta without the key',
      list({ _meta: { progressToken: 1 } }),
      {},
      { era: 'legacy', revision: undefined },
    ],
    [
      'initialize with a modern header',
      { id: 1, method: 'initialize' },
      { version: MODERN },
      { era: 'legacy', revision: undefined },
    ],
    [
      'initialize with an unknown header',
      { id: 1, method: 'initialize' },
      { version: '1999' },
      { era: 'legacy', revision: undefined },
    ],
    [
      'a notification with the modern header alone',
      { method: 'notifications/cancelled' },
      { version: MODERN },
      { era: 'legacy', revision: undefined },
    ],
    [
      'an answer to a question of a server',
      { id: 1, result: {} },
      { version: '2025-11-25' },
      { era: 'legacy', revision: '2025-11-25' },
    ],
    [
      'an answer with the modern header',
      { id: 1, result: {} },
      { version: MODERN },
      { era: 'legacy', revision: undefined },
    ],
  ])('%s', (_, message, headers, expected) => {
    expect(classified(message, headers)).toEqual(expected);
  });

  it('initialize with the modern key is a modern message, which the 2026 revision does not know', () => {
    const message = { id: 1, method: 'initialize', params: { _meta: META_GOOD } };
    expect(classified(message, { version: MODERN, method: 'initialize' }).era).toBe('modern');
  });

  it('the name may come encoded, with white space around it', () => {
    const name = 'añadir ✓';
    const headers = { ...callHeaders, name: ` =?base64?${Buffer.from(name).toString('base64')}?= ` };
    expect(classified(call(name), headers).era).toBe('modern');
  });

  it('methods that name nothing need no Mcp-Name', () => {
    expect(classified(list({ _meta: META_GOOD }), { version: MODERN, method: 'tools/list' }).era).toBe(
      'modern',
    );
  });
});

describe('a message that contradicts itself is refused', () => {
  const modernOnly = { [META.protocolVersion]: MODERN };
  it.each<[string, object, Headers, number]>([
    ['the key without capabilities', call('add', modernOnly), callHeaders, -32602],
    [
      'capabilities that are no object',
      call('add', { ...modernOnly, [META.clientCapabilities]: [] }),
      callHeaders,
      -32602,
    ],
    ['a key that is no string', call('add', { [META.protocolVersion]: 2026 }), callHeaders, -32602],
    ['the modern header without the key', call('add', {}), callHeaders, -32602],
    ['the key without the header', call(), { method: 'tools/call', name: 'add' }, -32020],
    ['the key with a header of 2025', call(), { ...callHeaders, version: '2025-11-25' }, -32020],
    [
      'an unknown version, in both',
      call('add', { ...META_GOOD, [META.protocolVersion]: '2099-01-01' }),
      { ...callHeaders, version: '2099-01-01' },
      -32022,
    ],
    [
      'a version of 2025 in the key',
      call('add', { ...META_GOOD, [META.protocolVersion]: '2025-11-25' }),
      { ...callHeaders, version: '2025-11-25' },
      -32022,
    ],
    ['an unknown header without the key', list(), { version: '2099-01-01' }, -32022],
    ['no Mcp-Method', call(), { version: MODERN, name: 'add' }, -32020],
    ['another Mcp-Method', call(), { ...callHeaders, method: 'tools/list' }, -32020],
    ['Mcp-Method in other letters', call(), { ...callHeaders, method: 'Tools/Call' }, -32020],
    ['no Mcp-Name', call(), { version: MODERN, method: 'tools/call' }, -32020],
    ['another Mcp-Name', call(), { ...callHeaders, name: 'remove' }, -32020],
    ['a broken encoding of the name', call(), { ...callHeaders, name: '=?base64?YWRk*?=' }, -32020],
    ['bytes that a header cannot hold', call('é'), { ...callHeaders, name: 'é' }, -32020],
  ])('%s', (_, message, headers, code) => {
    expect(refusal(message, headers)).toMatchObject({ code, status: 400 });
  });

  it('and the versions that would do are said', () => {
    try {
      classified(list(), { version: '2099-01-01' });
      expect.unreachable();
    } catch (error) {
      expect((error as Fault).data).toMatchObject({ requested: '2099-01-01' });
      expect((error as Fault).data?.supported).toContain(MODERN);
    }
  });

  it('its resource is compared by its URI', () => {
    const read = { id: 1, method: 'resources/read', params: { uri: 'a://b', _meta: META_GOOD } };
    const headers = { version: MODERN, method: 'resources/read' };
    expect(classified(read, { ...headers, name: 'a://b' }).era).toBe('modern');
    expect(refusal(read, { ...headers, name: 'a://c' })).toMatchObject({ code: -32020, status: 400 });
  });
});
