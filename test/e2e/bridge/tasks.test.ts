import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';

const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };
const TASKS = { ...ALL, extensions: { 'io.modelcontextprotocol/tasks': {} } };

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  [old, modern] = await Promise.all([
    startEcho2025({ mode: 'sse', acts: true, tasks: true }),
    startEcho2026({ tasks: true }),
  ]);
  gateway = await startGatewayHere({ servers: { old: old.url, modern: modern.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
});

const at = (server: string, capabilities: object = TASKS) =>
  modernClient({
    url: gateway.url(`/mcp/${server}`),
    token: gateway.adminToken,
    capabilities: capabilities as Record<string, unknown>,
  });

describe.for([
  ['declares tasks of its own kind', TASKS],
  ['knows no tasks', ALL],
] as const)('a client of 2026 that %s, before tools of 2025 that run as tasks only', ([, capabilities]) => {
  it('gets the answer when the task has ended', async () => {
    const { message, text } = await at('old', capabilities).request('tools/call', {
      name: 'failing_job',
      arguments: {},
    });
    expect(message.result).toMatchObject({ resultType: 'complete', isError: true });
    expect(text).toContain('The job failed');
  });

  it('is asked what the task asks, and the same task goes on', async () => {
    const client = at('old', capabilities);
    const params = { name: 'confirm_delete', arguments: { filename: 'a.txt' } };
    const before = old.journal.of('tools/call').length;
    const first = await client.request('tools/call', params);
    const requests = (first.message.result?.inputRequests ?? {}) as Record<string, unknown>;
    expect(Object.keys(requests)).toHaveLength(1);
    const [key = ''] = Object.keys(requests);
    const second = await client.request('tools/call', {
      ...params,
      requestState: first.message.result?.requestState,
      inputResponses: { [key]: { action: 'accept', content: { confirm: 'yes' } } },
    });
    expect(second.text).toContain('deleted a.txt');
    expect(old.journal.of('tools/call').length).toBe(before + 1);
  });

  it('sees no tool that speaks of the other kind of tasks', async () => {
    const { text } = await at('old', capabilities).request('tools/list');
    expect(text).toContain('failing_job');
    expect(text).not.toContain('taskSupport');
  });
});

describe('a client of 2025 before tools of 2026 that may run as tasks', () => {
  it('gets the answer itself, whether it asked for a task or not', async () => {
    const client = await legacyClient({ url: gateway.url('/mcp/modern'), token: gateway.adminToken });
    for (const more of [{}, { task: { ttl: 60_000 } }]) {
      const { message } = await client.request('tools/call', { name: 'greet', arguments: {}, ...more });
      expect(message.result?.content).toBeDefined();
      expect(message.result?.task).toBeUndefined();
    }
    const sent = modern.journal
      .of('tools/call')
      .map(one => one.params)
      .join();
    expect(sent).not.toContain('"task"');
    expect(sent).not.toContain('modelcontextprotocol/tasks');
  });
});

describe('tasks/* between the eras', () => {
  it('leads nowhere: an unknown task is refused as one', async () => {
    const answer = await at('old').request(
      'tasks/get',
      { taskId: 'forged' },
      { headers: { 'mcp-name': 'forged' } },
    );
    expect(answer.message.error).toMatchObject({ code: -32602 });
  });
});
