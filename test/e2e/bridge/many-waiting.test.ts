import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Patience } from '../../../src/gateway.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../../support/mcp.ts';
import { startWaiter, type Waiter } from './support/waiter.ts';

const ASK = { name: 'ask', arguments: {} };
const PLAIN = { name: 'plain', arguments: {} };
const DECLINE = { action: 'decline' };
const capabilities = { elicitation: { form: {} } };
/** What one person may keep parked. */
const EACH = 16;
const PATIENCE: Patience = { headersMs: 15_000, bodyMs: 15_000, stallMs: 60_000 };
/** Of streams that the server is made to have room for. */
const FEW = 2;

let waiter: Waiter;
let gateway: GatewayHere | undefined;
beforeEach(async () => {
  waiter = await startWaiter();
});
afterEach(async () => {
  await gateway?.close();
  await waiter.close();
});

async function start(patience = PATIENCE): Promise<GatewayHere> {
  gateway = await startGatewayHere({ servers: { waiter: waiter.url }, patience });
  return gateway;
}

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const answers = () => waiter.heard().filter(one => one.startsWith('answer'));
/** A person of 2026 who may use the server. */
async function person(of: GatewayHere, name: string) {
  return modernClient({
    url: of.url('/mcp/waiter'),
    token: await of.userToken(name, ['waiter']),
    capabilities,
  });
}
type Person = Awaited<ReturnType<typeof person>>;

function retryOf({ message: { result } }: RpcAnswer, call = ASK) {
  expect(result).toMatchObject({ resultType: 'input_required' });
  const inputResponses = Object.fromEntries(
    Object.keys(result?.inputRequests ?? {}).map(key => [key, DECLINE]),
  );
  return { ...call, requestState: result?.requestState, inputResponses };
}

/** Calls that all wait for this person; returns the way to answer them, whose answers come later. */
type Waits = (of: GatewayHere, name: string) => Promise<() => Promise<RpcAnswer>[]>;

const parkedCalls: Waits = async (of, name) => {
  const by = await person(of, name);
  const asked = await Promise.all(many(EACH, () => by.request('tools/call', ASK)));
  return () => asked.map(one => by.request('tools/call', retryOf(one)));
};

const openQuestions: Waits = async (of, name) => {
  const token = await of.userToken(name, ['waiter']);
  const by = await legacyClient({ url: of.url('/mcp/waiter'), token, capabilities });
  const asked: (string | number)[] = [];
  const onMessage: Parameters<typeof by.request>[2] = {
    onMessage: ({ id, method }) => void (method !== undefined && id && asked.push(id)),
  };
  const calls = many(EACH, () => by.request('tools/call', ASK, onMessage));
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(EACH);
  return () => {
    for (const id of asked) void by.respond(id, DECLINE);
    return calls;
  };
};

const plain = async (by: Person) => (await by.request('tools/call', PLAIN)).message;

describe.for([
  ['parked calls of 2026', parkedCalls],
  ['open questions of 2025', openQuestions],
] as const)('T45: %s', ([, wait]) => {
  it('of a few people leave the server to everybody else, until they go on', {
    timeout: 30_000,
  }, async () => {
    const here = await start();
    const other = await person(here, 'other');
    const waiting: Awaited<ReturnType<Waits>>[] = [];
    for (let at = 0; at < 5; at++) waiting.push(await wait(here, `person-${at}`));
    expect(await plain(other)).toMatchObject({ result: { content: [] } });

    const calls = waiting.flatMap(goOn => goOn());
    await expect.poll(() => answers().length, { timeout: 10_000 }).toBe(5 * EACH);
    expect((await plain(other)).error).toMatchObject({ code: 1005, data: { mayHaveRun: false } });

    waiter.finish();
    for (const { text } of await Promise.all(calls)) expect(text).toContain('went on');
    expect(await plain(other)).toMatchObject({ result: { content: [] } });
  });
});

describe('T45: calls that wait for their people', () => {
  it('are 256 at most in one process, the others are told and cancelled', { timeout: 60_000 }, async () => {
    const here = await start();
    const late = await person(here, 'late');
    let goOn: Awaited<ReturnType<Waits>> = () => [];
    for (let at = 0; at < 256 / EACH; at++) goOn = await parkedCalls(here, `person-${at}`);

    const { message } = await late.request('tools/call', ASK);
    expect(message.error).toMatchObject({ code: 1005, data: { server: 'waiter', mayHaveRun: true } });
    await expect.poll(() => waiter.heard().includes('notifications/cancelled')).toBe(true);
    expect(answers()).toEqual(['answer {"action":"cancel"}']);

    const calls = goOn();
    await expect.poll(() => answers().length).toBe(1 + EACH);
    retryOf(await late.request('tools/call', ASK));
    waiter.finish();
    await Promise.all(calls);
  });

  it('are no more than the server may have streams: the next question is refused, its call goes on', async () => {
    const here = await start({ ...PATIENCE, streams: FEW });
    const by = await person(here, 'asker');
    for (let at = 0; at < FEW; at++) retryOf(await by.request('tools/call', ASK));
    const call = by.request('tools/call', ASK);
    await expect.poll(answers).toEqual(['answer {"action":"cancel"}']);
    waiter.finish();
    expect((await call).text).toContain('went on');
    // What was over while it waited, however it ended, is a stream no more.
    for (let round = 0; round < 2; round++, waiter.drop())
      for (let at = 0; at < FEW; at++) retryOf(await by.request('tools/call', ASK));
  });

  it('wait until the last of their questions is answered', async () => {
    const here = await start({ ...PATIENCE, streams: 1 });
    const by = await person(here, 'asker');
    const twice = { ...ASK, name: 'ask_twice' };
    const { inputResponses, ...retry } = retryOf(await by.request('tools/call', twice), twice);
    const [one, ...others] = Object.entries(inputResponses);
    expect([one, others.length]).toEqual([expect.anything(), 1]);
    const again = { ...retry, inputResponses: Object.fromEntries(one ? [one] : []) };
    retryOf(await by.request('tools/call', again));
    const call = by.request('tools/call', ASK);
    await expect.poll(answers).toEqual(['answer {"action":"decline"}', 'answer {"action":"cancel"}']);
    waiter.finish();
    expect((await call).text).toContain('went on');
  });
});
