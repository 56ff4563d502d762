import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import {
  type LegacyClient,
  legacyClient,
  type ModernClient,
  modernClient,
  type RpcAnswer,
  type RpcMessage,
} from '../support/mcp.ts';
import { type Heard, openStream } from './support/open-stream.ts';

const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };
const SEED = Number(process.env.AUTHMCP_TEST_SEED ?? 20_260_728);
const STEPS = 100;
const AT_ONCE = 10;
const SERVERS = ['old', 'modern', 'json', 'pipe'] as const;
const PIPE = fileURLToPath(new URL('../fixtures/stdio/echo.ts', import.meta.url));

let echoes: readonly (Echo2025 | Echo2026)[];
let old: Echo2025;
let json: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  [old, json, modern] = await Promise.all([
    startEcho2025({ mode: 'sse', acts: true }),
    // Keeps no sessions: the kind that invites to share one.
    startEcho2025({ mode: 'sse', sessions: false, acts: true }),
    startEcho2026(),
  ]);
  echoes = [old, json, modern];
  gateway = await startGatewayHere({
    servers: {
      old: old.url,
      json: json.url,
      modern: modern.url,
      pipe: { command: process.execPath, args: [PIPE, '2025'] },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  for (const echo of echoes) await echo.close();
});

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Person = {
  readonly name: string;
  readonly mark: string;
  readonly legacy: LegacyClient;
  readonly modern: ModernClient;
  readonly stream: Heard;
  /** Everything that ever came to this person. */
  readonly got: string[];
};

async function person(name: string): Promise<Person> {
  const token = await gateway.userToken(name, SERVERS);
  const to = { url: gateway.url('/mcp'), token, capabilities: ALL };
  const legacy = await legacyClient(to);
  const stream = await openStream(legacy);
  return { name, mark: `mark-of-${name}`, legacy, modern: modernClient(to), stream, got: [] };
}

type Step = (who: Person, server: string) => Promise<void>;

const keep = (who: Person, answer: RpcAnswer): RpcAnswer => {
  who.got.push(answer.text, JSON.stringify([...answer.headers]));
  return answer;
};
const answerOf = (who: Person) => ({ action: 'accept', content: { word: who.mark } });

/** Asks through a session, answering questions with the person's own mark. */
const byLegacy = (who: Person, method: string, params: object) =>
  who.legacy.request(method, params, {
    onMessage: async ({ id, method: asked }: RpcMessage) => {
      if (asked !== undefined && id !== undefined && id !== null) await who.legacy.respond(id, answerOf(who));
    },
  });

/**
 * The same in rounds; between them the call is parked. On a pipe a question names no call, so any of a person's calls
 * may take another round: what came before its answer came in all of them.
 */
async function byModern(who: Person, method: string, params: object): Promise<RpcAnswer> {
  let more = {};
  const messages: RpcMessage[] = [];
  for (;;) {
    const answer = keep(who, await who.modern.request(method, { ...params, ...more }));
    messages.push(...answer.messages);
    const result = answer.message.result as Record<string, unknown> | undefined;
    if (result?.resultType !== 'input_required') return { ...answer, messages };
    const keys = Object.keys((result.inputRequests ?? {}) as object);
    await new Promise(resolve => setImmediate(resolve));
    more = {
      requestState: result.requestState,
      inputResponses: Object.fromEntries(keys.map(key => [key, answerOf(who)])),
    };
  }
}

const BOTH = [byLegacy, byModern] as const;
const call = (who: Person, by: (typeof BOTH)[number], name: string, args: object = {}) =>
  by(who, 'tools/call', { name, arguments: args, _meta: { progressToken: who.mark } });

const STEPS_OF: readonly Step[] = BOTH.flatMap(by => [
  async (who, server) => {
    const answer = keep(who, await call(who, by, `${server}_echo`, { text: who.mark }));
    expect(answer.text).toContain(who.mark);
  },
  async (who, server) => {
    const answer = keep(who, await call(who, by, `${server}_ask_unknown_answer`));
    expect(answer.text).toContain(who.mark);
  },
  async (who, server) => {
    const answer = keep(who, await call(who, by, `${server}_progress`, { n: 3 }));
    const tokens = answer.messages.flatMap(one => one.params?.progressToken ?? []);
    expect(new Set(tokens), answer.text).toEqual(new Set([who.mark]));
  },
  async (who, server) => {
    keep(who, await call(who, by, `${server}_link`, { uri: `${server}-${who.mark}://private` }));
    keep(who, await by(who, 'resources/read', { uri: `${server}-${who.mark}://private` }));
  },
  async (who, server) => {
    const ref = { type: 'ref/prompt', name: `${server}_greet` };
    keep(who, await by(who, 'completion/complete', { ref, argument: { name: 'who', value: who.mark } }));
    keep(who, await by(who, 'tools/list', {}));
  },
  async (who, server) => {
    keep(who, await call(who, by, `${server}_touch_resource`, { uri: `echo://${who.mark}` }));
  },
]);

it(`T50, T41, T46: two people at once, ${STEPS} steps of seed ${SEED}: no byte of one reaches the other`, {
  timeout: 120_000,
}, async () => {
  const admin = modernClient({ url: gateway.url('/mcp'), token: gateway.adminToken });
  const listed = async () => (await admin.request('tools/list')).text;
  // A command takes its time to start.
  await expect.poll(listed, { timeout: 15_000 }).toContain('pipe_echo');
  const random = randomFrom(SEED);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const people = [await person('alice'), await person('bob')];
  for (const who of people)
    for (const server of [old, modern])
      await who.legacy.request('resources/subscribe', {
        uri: `echo://${who.mark}${server === old ? '' : '/below'}`,
      });
  for (const echo of echoes) echo.journal.clear();
  const plan = Array.from({ length: STEPS }, () => ({
    who: pick(people),
    server: pick(SERVERS),
    step: pick(STEPS_OF),
  }));
  for (let at = 0; at < plan.length; at += AT_ONCE)
    await Promise.all(plan.slice(at, at + AT_ONCE).map(({ who, server, step }) => step(who, server)));
  for (const who of people) {
    const [other] = people.filter(one => one !== who);
    const all = [...who.got, ...who.stream.messages.map(one => JSON.stringify(one))].join('\n');
    expect(all).toContain(who.mark);
    expect(all).not.toContain(other?.mark);
    who.stream.close();
  }
  expectOwnSessions(people.map(one => one.mark));
});

/** No session with a server ever carried what belongs to two people. */
function expectOwnSessions(marks: readonly string[]): void {
  for (const echo of [old]) {
    const owners = new Map<string, Set<string>>();
    for (const { headers, body } of echo.journal.entries()) {
      const id = headers['mcp-session-id'] ?? '';
      const owner = owners.get(id) ?? new Set();
      owners.set(id, owner);
      for (const mark of marks) if (body.includes(mark)) owner.add(mark);
    }
    expect(owners.size).toBeGreaterThan(2);
    for (const owner of owners.values()) expect(owner.size).toBeLessThanOrEqual(1);
  }
}
