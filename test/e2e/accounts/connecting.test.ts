import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStream } from '../support/open-stream.ts';
import { linkIn, startTwoGateways, type TwoGateways, toolsOf } from './support/two-gateways.ts';

let two: TwoGateways;
beforeAll(async () => {
  two = await startTwoGateways();
});
afterAll(() => two.close());

const call = { name: 'other_connect', arguments: {} };
const events = async () => (await two.here.store.listEvents(200)).map(one => one.type);

describe('a server at which each person has an account', () => {
  it('is one tool to whoever has none, and says in the words of each client where to connect', async () => {
    const modern = two.modern('ann');
    expect(await toolsOf(modern)).toEqual(['other_connect']);
    const asked = await modern.request('tools/call', call);
    expect(asked.message.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        authmcp_connect: { method: 'elicitation/create', params: { mode: 'url', url: linkIn(asked) } },
      },
    });
    const legacy = await two.legacy('ann');
    const required = await legacy.request('tools/call', call);
    expect(required.message.error).toMatchObject({
      code: -32042,
      data: { elicitations: [{ mode: 'url', url: linkIn(required), elicitationId: expect.any(String) }] },
    });
    for (const client of [
      two.modern('ann', {}),
      two.modern('ann', { elicitation: {} }),
      await two.legacy('ann', '2025-06-18'),
      await two.legacy('ann', '2024-11-05'),
      await two.legacy('ann', '2025-11-25', { elicitation: {} }),
    ]) {
      const { message, text } = await client.request('tools/call', call);
      expect(message.result).toMatchObject({ isError: true });
      expect(text).toContain(`${two.here.origin}/connect/`);
    }
    const prompt = await two.modern('ann', {}).request('prompts/get', { name: 'other_greet' });
    expect(prompt.message.error?.code).toBe(-32602);
  });

  it('T42: the link is good for the person whose call made it, and for nobody else', async () => {
    const link = linkIn(await two.modern('ann').request('tools/call', call));
    expect(link).not.toContain('ann');
    const page = await two.visit('eve', link);
    expect(page.status).toBe(403);
    expect(page.text).toContain('somebody else');
    expect(page.trail.join()).not.toContain(two.there.origin);
    // Events that are alike are counted together for ten seconds.
    await expect.poll(events, { timeout: 20_000 }).toContain('connect_hijack');
    expect(await toolsOf(two.modern('ann'))).toEqual(['other_connect']);
    const bare = await fetch(link, { redirect: 'manual' });
    expect(bare.status).toBe(303);
    expect(bare.headers.get('location')).toMatch(/^\/login\?next=/);
    for (const wrong of [
      `${link}x`,
      link.replace(/.$/, last => (last === 'A' ? 'B' : 'A')),
      `${two.here.origin}/connect/${'x'.repeat(900)}`,
    ])
      expect((await two.visit('ann', wrong)).status).toBe(410);
  });

  it('leads through the page of the gateway to the other one and back, and shows each person their own tools', async () => {
    const ann = two.modern('ann');
    const page = await two.browse('ann', linkIn(await ann.request('tools/call', call)));
    expect(page.text).toContain('Connected to other');
    expect(page.trail.some(url => url.startsWith(`${two.there.origin}/authorize`))).toBe(true);
    await expect.poll(() => toolsOf(ann), { timeout: 5_000 }).toContain('other_red_echo');
    const tools = await toolsOf(ann);
    expect(tools).not.toContain('other_connect');
    expect(tools.join()).not.toContain('blue');
    expect(await toolsOf(two.modern('ben'))).toEqual(['other_connect']);
    await two.browse('ben', linkIn(await two.modern('ben').request('tools/call', call)));
    await expect.poll(() => toolsOf(two.modern('ben')), { timeout: 5_000 }).toContain('other_blue_echo');
    expect((await toolsOf(two.modern('ben'))).join()).not.toContain('red');
    expect(await toolsOf(two.modern('eve'))).toEqual(['other_connect']);
  });

  it('is called as the person, with a token of theirs, by clients of both eras', async () => {
    for (const [name, colour] of [
      ['ann', 'red'],
      ['ben', 'blue'],
    ] as const)
      for (const client of [two.modern(name), await two.legacy(name)]) {
        const params = { name: `other_${colour}_echo`, arguments: { text: `from ${name}` } };
        expect((await client.request('tools/call', params)).text).toContain(`from ${name}`);
      }
    const called = async () => {
      const rows = (await two.there.store.listActivity(200)).filter(row => row.method === 'tools/call');
      return [...new Set(rows.map(row => `${row.userName} ${row.server}`))].sort();
    };
    await expect.poll(called, { timeout: 5_000 }).toEqual(['ann red', 'ben blue']);
  });

  it('T41: what one person sees is nobody else’s by name, by cursor or by completion', async () => {
    for (const client of [two.modern('ben'), two.modern('eve'), await two.legacy('eve')]) {
      const { message } = await client.request('tools/call', { name: 'other_red_echo', arguments: {} });
      expect(message.error?.code).toBe(-32602);
    }
    const discovered = await two.modern('eve').request('server/discover', {});
    expect(discovered.text).not.toContain('red');
  });

  it('tells the session that was sent to the page when the account is there, and that its lists have changed', async () => {
    const eve = await two.legacy('eve');
    const stream = await openStream(eve);
    const answer = await eve.request('tools/call', call);
    const data = answer.message.error?.data as {
      readonly elicitations?: readonly { readonly elicitationId: string }[];
    };
    const elicitationId = data.elicitations?.[0]?.elicitationId;
    expect(elicitationId).toBeDefined();
    await two.there.addPerson('eve', ['red']);
    await two.browse('eve', linkIn(answer));
    await expect
      .poll(() => stream.messages, { timeout: 5_000 })
      .toContainEqual({
        jsonrpc: '2.0',
        method: 'notifications/elicitation/complete',
        params: { elicitationId },
      });
    await expect.poll(() => stream.methods()).toContain('notifications/tools/list_changed');
    stream.close();
  });
});
