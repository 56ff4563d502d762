import { member, parsed, tryText } from '../json-text.ts';
import type { WireClient } from '../wire/client.ts';
import { until } from '../wire/http.ts';
import { BOTH, type Row, tool } from './row.ts';

/** A member of the last answer's result. */
function said(answer: string | undefined, ...path: readonly string[]): unknown {
  let node = answer === undefined ? undefined : member(tryText(answer), 'result');
  for (const name of path) node = member(node, name);
  return parsed(node);
}

const TASK_METHODS = ['tools/call', 'tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/update'];

async function asTask(client: WireClient, name: string, args = '{}'): Promise<string> {
  const isOld = client.era === '2025';
  const answer = await client.call(
    'tools/call',
    `${tool(name, args)}${isOld ? ',"task":{"ttl":60000}' : ''}`,
  );
  return String(isOld ? said(answer, 'task', 'taskId') : said(answer, 'taskId'));
}

async function ofTask(
  client: WireClient,
  method: string,
  taskId: string,
  more = '',
): Promise<string | undefined> {
  return client.call(method, `"taskId":${JSON.stringify(taskId)}${more}`);
}

/** How often it is asked is a matter of time, so each question has the same id. */
const POLL = { id: '"poll"' };

/** Asks until the task is over; only the last answer is kept. */
async function untilOver(client: WireClient, taskId: string): Promise<void> {
  let isOver = false;
  const ask = async () => {
    isOver = ['completed', 'failed', 'cancelled'].includes(
      String(said(await client.call('tasks/get', `"taskId":${JSON.stringify(taskId)}`, POLL), 'status')),
    );
  };
  await ask();
  for (let tries = 0; tries < 60 && !isOver; tries++) {
    client.exchanges.pop();
    await new Promise(resolve => setTimeout(resolve, 30));
    await ask();
  }
}

export const TASKS: readonly Row[] = [
  {
    name: 'a task from its call to its result',
    eras: BOTH,
    needsStream: true,
    arrives: ['tools/call'],
    play: async client => {
      const taskId = await asTask(client, 'slow_compute', '{"seconds":0.1,"label":"x"}');
      if (client.era === '2025') await ofTask(client, 'tasks/result', taskId);
      await untilOver(client, taskId);
    },
  },
  {
    name: 'a task that fails',
    eras: BOTH,
    needsStream: true,
    arrives: ['tools/call'],
    play: async client => {
      const taskId = await asTask(client, 'protocol_error_job');
      if (client.era === '2025') await ofTask(client, 'tasks/result', taskId);
      await untilOver(client, taskId);
    },
  },
  {
    name: 'a task that asks',
    eras: BOTH,
    needsStream: true,
    arrives: ['tools/call', 'tasks/update', 'tasks/result'],
    play: async client => {
      const taskId = await asTask(client, 'confirm_delete', '{"filename":"f"}');
      if (client.era === '2025') return ofTask(client, 'tasks/result', taskId);
      await ofTask(client, 'tasks/get', taskId);
      await ofTask(
        client,
        'tasks/update',
        taskId,
        ',"inputResponses":{"confirm":{"action":"accept"}, "no":1.0}',
      );
      return untilOver(client, taskId);
    },
  },
  {
    name: 'a task that is cancelled',
    eras: BOTH,
    needsStream: true,
    arrives: TASK_METHODS,
    play: async client => {
      const taskId = await asTask(client, 'slow_compute', '{"seconds":30}');
      await ofTask(client, 'tasks/cancel', taskId);
      await ofTask(client, 'tasks/get', taskId);
      await ofTask(client, 'tasks/cancel', taskId);
    },
  },
  {
    name: 'a task that nobody made',
    eras: BOTH,
    needsStream: true,
    arrives: ['tools/call'],
    play: async client => {
      for (const method of client.era === '2025'
        ? ['tasks/get', 'tasks/result']
        : ['tasks/get', 'tasks/update'])
        await ofTask(client, method, 'nobody-made-it', ',"inputResponses":{}');
    },
  },
  {
    name: 'a task that is told of',
    eras: BOTH,
    needsStream: true,
    arrives: ['tools/call'],
    play: async client => {
      if (client.era === '2025') await client.hear();
      const taskId = await asTask(client, 'slow_compute', '{"seconds":0.7}');
      if (client.era === '2026') await client.hear(undefined, [taskId]);
      await until(() => client.heard.some(text => text.includes('"completed"')));
    },
  },
];
