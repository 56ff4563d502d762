import { Fault } from '../../base/index.ts';
import { isObject, isObjectAt, META, members, type Splice, splice } from '../../mcp/index.ts';
import { followSubscription, type Upstream } from '../../upstream/index.ts';
import type { RequestCall } from '../call.ts';
import { findTask, requireTasks, type TaskDeps } from './tasks.ts';

const ACK_MS = 2_000;
const MAX_IDS = 1_000;

/** The stream on which the client listens. */
type Listener = {
  /** A message of the client's own subscription, already stamped. */
  tell(json: Buffer): void;
  onStop(stop: () => void): void;
};

/** The tasks that a listen wants to hear of. Faults: `missing_capability`, `invalid_params`. */
function wanted(call: RequestCall): readonly string[] | undefined {
  const { notifications } = call.message.params;
  const ids = isObject(notifications) ? notifications.taskIds : undefined;
  if (ids === undefined) return undefined;
  requireTasks(call);
  if (Array.isArray(ids) && ids.length <= MAX_IDS && ids.every(id => typeof id === 'string')) return ids;
  throw new Fault('invalid_params', {
    status: 400,
    says: `Invalid params: taskIds must be a list of at most ${MAX_IDS} ids`,
  });
}

/** The notification with the client's id of the task and of its listen. */
function stamped(data: string, token: string, idText: string): Buffer | undefined {
  const bytes = Buffer.from(data);
  const params = members(bytes).get('params');
  if (!isObjectAt(bytes, params)) return undefined;
  const at = members(bytes, params.start);
  const id = at.get('taskId');
  const meta = at.get('_meta');
  const stamp = isObjectAt(bytes, meta) ? members(bytes, meta.start).get(META.subscriptionId) : undefined;
  if (!id) return undefined;
  const splices: Splice[] = [{ ...id, text: JSON.stringify(token) }];
  if (stamp) splices.push({ ...stamp, text: idText });
  else if (!meta) {
    const start = params.start + 1;
    splices.push({ start, end: start, text: `"_meta":{"${META.subscriptionId}":${idText}},` });
  } else return undefined;
  return splice(bytes, splices);
}

type Group = {
  readonly call: RequestCall;
  readonly upstream: Upstream;
  readonly tokens: ReadonlyMap<string, string>;
};

/** Listens to one server for its tasks; resolves with the client's ids of those that it will tell of. */
function followOne(
  { call, upstream, tokens }: Group,
  listener: Listener,
  deps: TaskDeps,
): Promise<readonly string[]> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve([]), ACK_MS);
    const meta = isObject(call.message.params._meta) ? call.message.params._meta : {};
    const stop = followSubscription(upstream.leg, { taskIds: [...tokens.keys()] }, meta, data => {
      const message: unknown = JSON.parse(data);
      const params = isObject(message) && isObject(message.params) ? message.params : undefined;
      if (!isObject(message) || !params) return;
      if (message.method === 'notifications/subscriptions/acknowledged') {
        clearTimeout(timer);
        const { taskIds } = isObject(params.notifications) ? params.notifications : {};
        resolve(Array.isArray(taskIds) ? taskIds.flatMap(id => tokens.get(String(id)) ?? []) : []);
      }
      const token = typeof params.taskId === 'string' ? tokens.get(params.taskId) : undefined;
      if (message.method !== 'notifications/tasks' || token === undefined) return;
      if (findTask(call, token, deps) === undefined) return;
      const told = stamped(data, token, call.message.idText);
      if (told) listener.tell(told);
    });
    listener.onStop(stop);
  });
}

/**
 * The tasks of a `subscriptions/listen`: begins to follow those that are this person's and resolves with what is
 * acknowledged; undefined where no task was named. Faults: `missing_capability`, `invalid_params`.
 */
export function followTasks(
  call: RequestCall,
  deps: TaskDeps,
): undefined | ((listener: Listener) => Promise<readonly string[]>) {
  const ids = wanted(call);
  if (ids === undefined) return undefined;
  const groups = new Map<Upstream, Map<string, string>>();
  for (const token of ids) {
    const ref = findTask(call, token, deps);
    const upstream = ref && deps.upstreams.for(ref.server, call.caller.principal);
    if (!ref || !upstream?.speaks('modern')) continue;
    const group = groups.get(upstream) ?? new Map<string, string>();
    groups.set(upstream, group.set(ref.id, token));
  }
  return async listener =>
    (
      await Promise.all(
        [...groups].map(([upstream, tokens]) => followOne({ call, upstream, tokens }, listener, deps)),
      )
    ).flat();
}
