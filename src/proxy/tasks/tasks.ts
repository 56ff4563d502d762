import { insufficientScope } from '../../auth/index.ts';
import { Fault } from '../../base/index.ts';
import { itemOf } from '../../catalogue/index.ts';
import { canUseTasks, isObjectAt, META, members, type ResponseMessage, splice } from '../../mcp/index.ts';
import { type Item, lacksScope, permits, withEveryScope } from '../../policy/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { type OnePlan, type RouteDeps, spokenWith } from '../route.ts';
import { renameInMessage } from './rewrite.ts';
import type { TaskIds, TaskOwner, TaskRef } from './task-ids.ts';
import { TaskOut } from './task-out.ts';

export type TaskDeps = RouteDeps & { readonly tasks: TaskIds };

/** Fault `missing_capability`: the extension must be declared on each request (SEP-2663, "Capability Negotiation"). */
export function requireTasks({ profile }: RequestCall): void {
  if (profile.era !== 'modern' || canUseTasks(profile)) return;
  throw new Fault('missing_capability', {
    says: 'Missing required client capability',
    data: { requiredCapabilities: { extensions: { [META.tasks]: {} } } },
  });
}

/** Unknown, forged, another person's and no longer permitted are told apart by nothing. */
function unknownTask(): Fault {
  return new Fault('unknown_target', { says: 'Task not found' });
}

/** The right to a task is the right to the tool that it runs. Where that is not known, it is taken for the worst. */
export function itemOfTask({ tool }: TaskRef): Item {
  return tool ?? itemOf('tool', '');
}

/** The task that a client names, if its person may use the tool; rights are looked at each time. */
export function findTask(owner: RequestCall, token: unknown, { tasks, live }: TaskDeps): TaskRef | undefined {
  const ref = tasks.open(owner, token);
  const entry = ref && live.current().servers.get(ref.server);
  return ref && entry?.enabled && permits(owner.caller, entry.name, itemOfTask(ref)) ? ref : undefined;
}

/** The task is the person's own, and its server beyond the scopes of this token. */
function beyondScope(call: RequestCall, { tasks, live }: TaskDeps): Fault | undefined {
  const ref = tasks.open(call, call.message.params.taskId);
  const entry = ref && live.current().servers.get(ref.server);
  if (!ref || !entry?.enabled || !lacksScope(call.caller, entry.name)) return undefined;
  if (!permits(withEveryScope(call.caller), entry.name, itemOfTask(ref))) return undefined;
  call.entry.server = entry.name;
  return insufficientScope(call.caller.scopes, entry.name);
}

/** Who gets a request about a task. Faults: `missing_capability`, `insufficient_scope`, `unknown_target`. */
export function planTask(call: RequestCall, deps: TaskDeps): OnePlan {
  requireTasks(call);
  const ref = findTask(call, call.message.params.taskId, deps);
  const upstream = ref && deps.upstreams.for(ref.server, call.caller.principal);
  if (!ref || !upstream) throw beyondScope(call, deps) ?? unknownTask();
  call.entry.server = ref.server;
  const profile = spokenWith(upstream, call.profile);
  // The tasks of the two eras are not the same things.
  if (profile.era !== call.profile.era) throw unknownTask();
  const { server, id: original } = ref;
  const target = { server, original, traits: undefined, item: itemOfTask(ref), isListed: false };
  return { upstream, target, profile };
}

/** Where the answer may be a task, the ids that it tells become the client's. */
export function withTasks(call: RequestCall, plan: OnePlan, out: Out, tasks: TaskIds): Out {
  const { row, profile, message } = call;
  const mayBe =
    row.goes === 'task' ||
    (row.kind === 'tool' &&
      (profile.era === 'modern' ? canUseTasks(profile) : message.params.task !== undefined));
  return mayBe ? new TaskOut(out, { call, server: plan.target.server, tool: plan.target.item, tasks }) : out;
}

/**
 * A message of a server as its client may see it; undefined where it tells of a task that this person did not make
 * here: a server may tell all its sessions of all its tasks.
 */
export function tellOfTask(
  owner: TaskOwner,
  server: TaskRef['server'],
  json: Buffer | string,
  tasks: TaskIds,
): Buffer | undefined {
  const { bytes, task } = renameInMessage(Buffer.from(json), id => tasks.tokenOf(owner, { server, id }));
  if (!task) return bytes;
  const ref = { server, id: task.id };
  if (!tasks.isKnown(owner, ref)) return undefined;
  tasks.keep(owner, ref, task.said);
  return bytes;
}

/** An answer of a client whose `_meta` names the task that the question belonged to, by the server's own id. */
export function answerOf(owner: TaskOwner, message: ResponseMessage, tasks: TaskIds): ResponseMessage {
  const { bytes, envelope } = message;
  const result = envelope.get('result');
  if (!isObjectAt(bytes, result) || !bytes.includes(META.relatedTask)) return message;
  const meta = members(bytes, result.start).get('_meta');
  const related = isObjectAt(bytes, meta) ? members(bytes, meta.start).get(META.relatedTask) : undefined;
  const range = isObjectAt(bytes, related) ? members(bytes, related.start).get('taskId') : undefined;
  const token: unknown = range && JSON.parse(bytes.toString('utf8', range.start, range.end));
  const ref = tasks.open(owner, token);
  if (!range || !ref) return message;
  const renamed = splice(bytes, [{ ...range, text: JSON.stringify(ref.id) }]);
  return { ...message, bytes: renamed, envelope: members(renamed) };
}
