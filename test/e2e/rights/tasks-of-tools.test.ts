import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../../../src/base/index.ts';
import { legacyClient, modernClient } from '../../support/mcp.ts';
import { ERAS, type RuledGateway, startRuled } from './support/ruled.ts';

let ruled: RuledGateway;
beforeAll(async () => {
  ruled = await startRuled({ mode: 'sse', acts: true, tasks: true });
});
afterAll(() => ruled.close());

describe('a task', () => {
  it.for(ERAS)('is of whoever may use the tool that it runs (%s)', async era => {
    const person = await ruled.person(`person-${era}`);
    const subject = { kind: 'user', id: person.user.id } as const;
    const server = (era === '2026' ? 'new' : 'old') as ServerName;
    await ruled.rule({ subject, server });
    const extensions = { 'io.modelcontextprotocol/tasks': {} };
    const at = { url: ruled.url('/mcp'), token: person.token };
    const client =
      era === '2026' ? modernClient({ ...at, capabilities: { extensions } }) : await legacyClient(at);
    const task = era === '2026' ? {} : { task: { ttl: 60_000 } };
    const name = `${server}_slow_compute`;
    const { message } = await client.request('tools/call', { name, arguments: { seconds: 5 }, ...task });
    const said = era === '2026' ? message.result : message.result?.task;
    const taskId = String(said?.taskId);
    const get = async (id: string) =>
      (await client.request('tasks/get', { taskId: id }, { headers: { 'mcp-name': id } })).message;
    expect((await get(taskId)).result?.status).toBe('working');
    await ruled.rule({ subject, server, kind: 'tool', pattern: 'write', effect: 'deny' });
    expect((await get(taskId)).result?.status).toBe('working');
    const id = await ruled.rule({
      subject,
      server,
      kind: 'tool',
      pattern: 'slow_*',
      effect: 'deny',
    });
    expect((await get(taskId)).error).toMatchObject({ code: -32602, message: 'Task not found' });
    const listed = async () => (await client.request('tasks/list')).message.result?.tasks;
    if (era === '2025') expect(await listed()).toEqual([]);
    await ruled.drop(id);
    expect((await get(taskId)).result?.status).toBe('working');
  });
});
