import { isObject, type Params } from '../../mcp/index.ts';
import { permits } from '../../policy/index.ts';
import { ownerOf, type RequestCall } from '../call.ts';
import type { Cursors } from '../cursor.ts';
import type { Out } from '../out.ts';
import type { KnownTask } from './task-ids.ts';
import { itemOfTask, type TaskDeps } from './tasks.ts';

export type ListTasksDeps = TaskDeps & { readonly cursors: Cursors };

const PAGE = 50;
/** How long a list waits for the servers' newest word. */
const FRESH_MS = 2_000;
const OVER = ['completed', 'failed', 'cancelled'];
const INVALID_PARAMS = -32602;

/** What the server says of a task now; the last known where it does not answer, undefined where it forgot it. */
async function freshen(call: RequestCall, task: KnownTask, deps: TaskDeps): Promise<Params | undefined> {
  const upstream = deps.upstreams.for(task.server, call.caller.principal);
  if (OVER.includes(String(task.said.status)) || !upstream?.speaks('legacy')) return task.said;
  try {
    const { leg, headers } = await upstream.session(ownerOf(call, call.profile));
    const reply = await leg.ask('tasks/get', { taskId: task.id }, { headers, ms: FRESH_MS });
    if (reply.kind === 'error' && reply.code === INVALID_PARAMS) return undefined;
    if (reply.kind !== 'result') return task.said;
    deps.tasks.keep(call, task, reply.result);
    return reply.result;
  } catch {
    return task.said;
  }
}

/** One page of the tasks that this person made here, of all servers that may still be used. */
export async function listTasks(call: RequestCall, out: Out, deps: ListTasksDeps): Promise<void> {
  const position = deps.cursors.read(call);
  const { servers } = deps.live.current();
  const mine = deps.tasks.of(call).filter(task => {
    const entry = servers.get(task.server);
    return entry?.enabled && permits(call.caller, entry.name, itemOfTask(task));
  });
  const known = position ? mine.findIndex(task => task.token === position.after) : -1;
  const from = known === -1 ? (position?.index ?? 0) : known + 1;
  const page = mine.slice(from, from + PAGE);
  const said = await Promise.all(page.map(task => freshen(call, task, deps)));
  const tasks = page.flatMap((task, at) => {
    const { _meta, taskId, ...rest } = said[at] ?? {};
    if (isObject(said[at])) return [{ taskId: task.token, ...rest }];
    deps.tasks.forget(call, task);
    return [];
  });
  const last = page.at(-1);
  const isMore = from + PAGE < mine.length;
  const next =
    isMore && last ? { nextCursor: deps.cursors.make(call, { after: last.token, index: from + PAGE }) } : {};
  const result = JSON.stringify({ tasks, ...next });
  out.json(`{"jsonrpc":"2.0","id":${call.message.idText},"result":${result}}`);
}
