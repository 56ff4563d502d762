import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERAS, type RuledGateway, startRuled } from './support/ruled.ts';

const PLACES = ['/mcp', '/mcp/old'] as const;

let ruled: RuledGateway;
let token: string;
beforeAll(async () => {
  ruled = await startRuled();
  const alice = await ruled.person('alice');
  token = alice.token;
  const subject = { kind: 'user', id: alice.user.id } as const;
  await ruled.rule({ subject, kind: 'resource', pattern: 'echo://items/pub/*' });
  await ruled.rule({
    ...{ subject: { kind: 'everybody' }, effect: 'deny', server: '*', pattern: 'echo://items/secret*' },
  });
});
afterAll(() => ruled.close());

/** The URIs that the servers were asked for since it was asked last, as they stood there. */
const heard = () =>
  [ruled.old, ruled.modern].flatMap(({ journal }) => {
    const all = ['resources/read', 'resources/subscribe'].flatMap(method => journal.of(method));
    journal.clear();
    return all.map(({ params = '{}' }) => (JSON.parse(params) as { readonly uri?: string }).uri);
  });

async function codes(who: string, uri: string): Promise<readonly (number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for (const era of ERAS)
    for (const place of PLACES) {
      const ask = await ruled.asking(era, who, place);
      found.push((await ask('resources/read', { uri })).message.error?.code);
      if (era === '2025') found.push((await ask('resources/subscribe', { uri })).message.error?.code);
    }
  return found;
}

/** At both places, read and subscribed to in 2025 and read in 2026: as what nobody has. */
const UNKNOWN = [-32002, -32002, -32002, -32002, -32602, -32602];

describe('a URI that is denied', () => {
  it.each([
    'echo://items/secret',
    'ECHO://items/secret',
    'echo://ITEMS/secret',
    'echo://items/%73ecret',
    'echo://items/./secret',
    'echo://items/pub/../secret',
    'echo://items/pub/%2e%2e/secret',
    'echo://items/pub/..%2fsecret',
    'echo://items/%2e%2e%2fsecret',
    'echo://items/pub\\..\\secret',
    'echo://items//secret',
    'echo://items/SECRET',
    'echo://items/secret#x',
  ])('reaches no server as %s, for an administrator either', async uri => {
    expect(await codes(ruled.adminToken, uri)).toEqual(UNKNOWN);
    expect(await codes(token, uri)).toEqual(UNKNOWN);
    expect(heard()).toEqual([]);
  });
});

describe('a URI that is allowed', () => {
  it.each([
    'echo://items/pub/x',
    'echo://items/%70ub/x',
    'echo://items/a/../pub/x',
    'echo://items/pub/%c3%bc',
  ])('comes to the server as the client wrote it: %s', async uri => {
    expect((await codes(token, uri)).filter(code => code !== undefined && code !== -32601)).toEqual([]);
    expect(new Set(heard())).toEqual(new Set([uri]));
  });

  it('is no way to one that is not', async () => {
    for (const uri of ['echo://items/pub/../other', 'echo://items/pub%2Fx', 'echo://items/public'])
      expect([uri, await codes(token, uri)]).toEqual([uri, UNKNOWN]);
  });
});
