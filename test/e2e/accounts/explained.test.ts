import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeApiKey } from '../../../src/auth/index.ts';
import { beside } from '../../cli/support/beside.ts';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../../support/mcp.ts';
import { linkIn, startTwoGateways, type TwoGateways, toolsOf } from './support/two-gateways.ts';

type Json = Readonly<Record<string, unknown>>;

const NAMES = ['ann', 'ben', 'eve'] as const;
type Name = (typeof NAMES)[number];
const METHODS = {
  tool: ['tools/call', 'name'],
  prompt: ['prompts/get', 'name'],
  resource: ['resources/read', 'uri'],
} as const;
type Kind = keyof typeof METHODS;

let home: Echo2025;
let two: TwoGateways;
let root: string;
let run: ReturnType<typeof beside>;
const keys = new Map<Name, { readonly id: string; readonly key: string }>();

const lists = (client: Parameters<typeof toolsOf>[0], tool: string) =>
  vi.waitFor(async () => expect(await toolsOf(client)).toContain(tool), { timeout: 5_000 });

beforeAll(async () => {
  home = await startEcho2025({ acts: true });
  two = await startTwoGateways({ servers: { home: home.url } });
  const { store } = two.here;
  const keyOf = async (name: string, scopes: readonly string[]) => {
    const user = await store.userByName(name);
    const { id, key, secretHash } = makeApiKey();
    const rest = { name: 'test', createdAt: Date.now(), expiresAt: undefined };
    await store.createKey({ id, userId: user?.id as never, secretHash, scopes, ...rest });
    return { id, key: key.reveal() };
  };
  root = (await keyOf('root', ['admin'])).key;
  for (const name of NAMES) keys.set(name, await keyOf(name, ['mcp']));
  run = beside(two.here);
  await run(['grant', 'add', 'ann', 'home']);
  await run(['grant', 'add', 'ben', 'home', '--resource', 'echo://items/*']);
  await run(['grant', 'add', 'everybody', 'home', '--tool', 'write', '--deny']);
  for (const name of ['ann', 'ben'] as const) {
    const client = two.modern(name);
    await two.browse(
      name,
      linkIn(await client.request('tools/call', { name: 'other_connect', arguments: {} })),
    );
    const colour = name === 'ann' ? 'red' : 'blue';
    await lists(client, `other_${colour}_echo`);
  }
  await lists(two.modern('ann'), 'home_echo');
});
afterAll(async () => {
  await two.close();
  await home.close();
});

async function ask(query: Record<string, string>): Promise<Json> {
  const url = two.here.url(`/admin/api/explain?${new URLSearchParams(query)}`);
  const response = await fetch(url, { headers: { authorization: `Bearer ${root}` } });
  const body = (await response.json()) as Json;
  return response.status === 200 ? body : { status: response.status };
}

/** `link`: the page where an account is connected. */
type Door = 'reached' | 'link' | 'unknown';

function doorOf({ message, text }: RpcAnswer): Door {
  if (text.includes('/connect/')) return 'link';
  return message.error === undefined ? 'reached' : 'unknown';
}

/** What clients of both eras meet. */
async function called(name: Name, kind: Kind, target: string, server?: string): Promise<readonly Door[]> {
  const [method, member] = METHODS[kind];
  const to = {
    url: two.here.url(server ? `/mcp/${server}` : '/mcp'),
    token: keys.get(name)?.key ?? '',
    capabilities: { elicitation: { url: {} } },
  };
  const params = { [member]: target, ...(kind !== 'resource' && { arguments: {} }) };
  const modern = await modernClient(to).request(method, params);
  const legacy = await (await legacyClient({ ...to, revision: '2025-11-25' })).request(method, params);
  return [doorOf(modern), doorOf(legacy)];
}

/** By which name it is asked for; the answers of ann, ben and eve: what a call meets, and why. */
const CASES: readonly (readonly [Kind, string, readonly (readonly [Door, string | undefined])[]])[] = [
  [
    'tool',
    'home_echo',
    [
      ['reached', 'rule'],
      ['unknown', 'no grant'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'tool',
    'echo',
    [
      ['reached', 'rule'],
      ['unknown', 'no grant'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'tool',
    'home_write',
    [
      ['unknown', 'rule'],
      ['unknown', 'rule'],
      ['unknown', 'rule'],
    ],
  ],
  [
    'tool',
    'write',
    [
      ['unknown', 'rule'],
      ['unknown', 'rule'],
      ['unknown', 'rule'],
    ],
  ],
  [
    'prompt',
    'home_greet',
    [
      ['reached', 'rule'],
      ['unknown', 'no grant'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'prompt',
    'greet',
    [
      ['reached', 'rule'],
      ['unknown', 'no grant'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'resource',
    'echo://one',
    [
      ['reached', 'rule'],
      ['unknown', 'no grant'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'resource',
    'echo://items/7',
    [
      ['reached', 'rule'],
      ['reached', 'rule'],
      ['unknown', 'no grant'],
    ],
  ],
  [
    'resource',
    'nobodys://items/7',
    [
      ['unknown', undefined],
      ['unknown', undefined],
      ['unknown', undefined],
    ],
  ],
  [
    'tool',
    'nobodys',
    [
      ['unknown', undefined],
      ['unknown', undefined],
      ['unknown', undefined],
    ],
  ],
  [
    ...(['tool', 'other_connect'] as const),
    [
      ['unknown', 'not offered'],
      ['unknown', 'not offered'],
      ['link', 'connects an account'],
    ],
  ],
  [
    'tool',
    'other_red_echo',
    [
      ['reached', 'rule'],
      ['unknown', 'not offered'],
      ['unknown', 'not connected'],
    ],
  ],
  [
    'tool',
    'other_blue_echo',
    [
      ['unknown', 'not offered'],
      ['reached', 'rule'],
      ['unknown', 'not connected'],
    ],
  ],
  [
    'tool',
    'blue_echo',
    [
      ['unknown', 'not offered'],
      ['reached', 'rule'],
      ['unknown', 'not connected'],
    ],
  ],
];

describe('an explanation is what a call meets, in both eras, by the API and on the command line', () => {
  it.each(CASES)('of the %s %s', async (kind, target, expected) => {
    for (const [at, name] of NAMES.entries()) {
      const [door = 'unknown', because] = expected[at] ?? [];
      expect([name, await called(name, kind, target)]).toEqual([name, [door, door]]);
      const said = await ask({ user: name, key: keys.get(name)?.id ?? '', [kind]: target });
      expect([name, said.because, said.allowed ?? false]).toEqual([name, because, door !== 'unknown']);
      const line = await run(['explain', '--user', name, `--${kind}`, target, '--json']);
      if (because === undefined) {
        expect([said, line.code, line.err]).toEqual([
          ...[{ status: 400 }, 1, expect.stringContaining(`Nothing is known as ${target}`)],
        ]);
        continue;
      }
      const { allowed, server, tier, listed, says } = said;
      expect(JSON.parse(line.out)).toMatchObject({ because, allowed, server, kind, tier, listed, says });
    }
  });

  it('also at the own endpoint of a server, where it may know what it does not list', async () => {
    const at = async (name: Name, server: string, tool: string) => {
      const said = await ask({ user: name, server, tool });
      return [...(await called(name, 'tool', tool, server)), said.allowed, said.because, said.listed];
    };
    expect(await at('ann', 'other', 'red_echo')).toEqual(['reached', 'reached', true, 'rule', true]);
    expect(await at('eve', 'other', 'connect')).toEqual(['link', 'link', true, 'connects an account', true]);
    expect(await at('eve', 'other', 'red_echo')).toEqual(['link', 'link', false, 'not connected', false]);
    expect(await at('ben', 'home', 'echo')).toEqual(['unknown', 'unknown', false, 'no grant', true]);
  });

  it('also of a URI that a server gave to this person alone', async () => {
    const uri = 'linked://somewhere';
    await two.modern('ann').request('tools/call', { name: 'home_link', arguments: { uri } });
    expect(await called('ann', 'resource', uri)).toEqual(['reached', 'reached']);
    expect(await ask({ user: 'ann', resource: uri })).toMatchObject({
      ...{ allowed: true, server: 'home', name: uri, listed: false },
    });
    expect(await called('ben', 'resource', uri)).toEqual(['unknown', 'unknown']);
    expect(await ask({ user: 'ben', resource: uri })).toEqual({ status: 400 });
  });

  it('takes the tool that connects an account for one that changes nothing', async () => {
    expect(await ask({ user: 'eve', tool: 'other_connect' })).toMatchObject({
      ...{ allowed: true, tier: 'read', name: 'connect', listed: true },
      says: 'Whoever may use anything of this server may connect an account of their own there.',
    });
    expect(await ask({ user: 'eve', tool: 'other_red_echo' })).toMatchObject({
      says: 'The server needs an account of this person, who has connected none yet.',
    });
  });
});
