import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RpcAnswer } from '../../support/mcp.ts';
import { linkIn, startTwoGateways, type TwoGateways, toolsOf } from './support/two-gateways.ts';

let two: TwoGateways;
let skew = 0;
beforeAll(async () => {
  two = await startTwoGateways({ clock: { now: () => Date.now() + skew } });
  for (const name of ['ann', 'ben'])
    await two.browse(
      name,
      linkIn(await two.modern(name).request('tools/call', { name: 'other_connect', arguments: {} })),
    );
});
afterAll(() => two.close());

type Client = { request(method: string, params?: unknown): Promise<RpcAnswer> };

const CONNECT = { name: 'other_connect', arguments: {} };
const echo = { name: 'other_red_echo', arguments: { text: 'still here' } };
const grants = async (name: string) => {
  const user = await two.there.store.userByName(name);
  return two.there.store.oauth.listGrants(user ? { userId: user.id } : {});
};
/** Ends the account at the other side; gives the first answer of a call that met it. */
async function answerAfterEnd(client: Client, params: object = echo): Promise<RpcAnswer> {
  // A list that is read at that moment meets it first, and then the tool is not known any more: it is ended anew.
  for (let tries = 0; tries < 5; tries++) {
    const answer = await endedAnswer(client, params);
    if (answer.message.error?.code !== -32602) return answer;
    await two.browse('ann', linkIn(await client.request('tools/call', CONNECT)));
    await expect.poll(() => toolsOf(client), { timeout: 5_000 }).toContain('other_red_echo');
  }
  throw new Error('Lists met the end before a call did, five times.');
}

async function endedAnswer(client: Client, params: object): Promise<RpcAnswer> {
  const user = await two.there.store.userByName('ann');
  if (user) await two.there.store.oauth.endGrants({ userId: user.id });
  // The other gateway learns of what another process did within a quarter of a second.
  let answer = await client.request('tools/call', params);
  // A call that runs there at that moment is ended there, which says nothing of the account.
  const isBefore = () => answer.text.includes('still here') || answer.message.error?.code === 1010;
  const isOver = async () => {
    if (isBefore()) answer = await client.request('tools/call', params);
    return !isBefore();
  };
  await expect.poll(isOver, { timeout: 3_000 }).toBe(true);
  return answer;
}

describe.each(['2026', '2025'] as const)('the account of a client of %s', era => {
  const client = () => (era === '2026' ? two.modern('ann') : two.legacy('ann'));

  it('goes on when the token has expired, with a new one of the same account', async () => {
    await expect.poll(() => toolsOf(two.modern('ann')), { timeout: 5_000 }).toContain('other_red_echo');
    const before = await grants('ann');
    skew += 2 * 3_600_000;
    const one = await client();
    expect((await one.request('tools/call', echo)).text).toContain('still here');
    const history = await two.here.store.connections.listRefreshes('other' as never, 10);
    expect(history[0]).toMatchObject({ outcome: 'refreshed' });
    expect((await grants('ann')).map(grant => grant.grantId)).toEqual(before.map(grant => grant.grantId));
  });

  it('that was ended at the other side is asked for again in the middle of a call, and the call goes through then', async () => {
    const one = await client();
    const answer = await answerAfterEnd(one);
    const link = linkIn(answer);
    if (era === '2026') expect(answer.message.result).toMatchObject({ resultType: 'input_required' });
    else expect(answer.message.error).toMatchObject({ code: -32042 });
    await expect.poll(() => toolsOf(one)).toEqual(['other_connect']);
    // Of the other person nothing was ended.
    expect(await toolsOf(two.modern('ben'))).toContain('other_blue_echo');
    const page = await two.browse('ann', link);
    expect(page.text).toContain('Connected to other');
    const again =
      era === '2026' ? { ...echo, inputResponses: { authmcp_connect: { action: 'accept' } } } : echo;
    expect((await one.request('tools/call', again)).text).toContain('still here');
  });

  it('that the person does not want to connect is no endless question', async () => {
    const one = await client();
    const declined = { ...echo, inputResponses: { authmcp_connect: { action: 'decline' } } };
    const answer = await answerAfterEnd(one, declined);
    if (era === '2026')
      expect(answer.message.result).toMatchObject({ isError: true, resultType: 'complete' });
    await two.browse('ann', linkIn(await one.request('tools/call', echo)));
    expect((await one.request('tools/call', echo)).text).toContain('still here');
  });
});

it('an account that is connected anew shows what it shows now, and nothing of the one before', async () => {
  const client = two.modern('ann');
  await expect.poll(() => toolsOf(client), { timeout: 5_000 }).toContain('other_red_echo');
  await answerAfterEnd(client);
  // Where the lists were read before the call came, the tool is not known any more: the way to connect is its own tool.
  await expect.poll(() => toolsOf(client), { timeout: 5_000 }).toEqual(['other_connect']);
  const answer = await client.request('tools/call', CONNECT);
  const user = await two.there.store.userByName('ann');
  if (!user) throw new Error('no ann');
  await two.there.store.removeGrant({ userId: user.id, server: 'red' as never });
  await two.there.store.addGrant({ userId: user.id, server: 'blue' as never });
  await two.browse('ann', linkIn(answer));
  await expect.poll(() => toolsOf(client), { timeout: 5_000 }).toContain('other_blue_echo');
  expect((await toolsOf(client)).join()).not.toContain('red');
});
