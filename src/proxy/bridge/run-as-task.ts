import { Fault } from '../../base/index.ts';
import { isObject, METHODS, members, type Params, type RequestMessage, rebuild } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import { type RelayDeps, relay } from '../relay/relay.ts';
import type { OnePlan } from '../route.ts';
import { ConvertingOut } from './converting-out.ts';

/** The server keeps the result this long: it is asked for at once. */
const KEPT_MS = 10 * 60_000;

/** Keeps the answer to the creation of a task; what is said besides goes on. */
class CreationOut extends ConvertingOut {
  readonly #to: ConvertingOut;
  answer: Buffer | undefined;

  constructor(to: ConvertingOut) {
    super();
    this.#to = to;
  }

  get takesMessages(): boolean {
    return this.#to.takesMessages;
  }

  get hasStarted(): boolean {
    return this.#to.hasStarted;
  }

  onGone(listener: (isForGood?: boolean) => void): void {
    this.#to.onGone(listener);
  }

  protected onSaid(_said: unknown, json: string): void {
    this.#to.startStream();
    this.#to.write(Buffer.from(`data: ${json}\n\n`));
  }

  protected onAnswer(json: Buffer): void {
    this.answer = json;
  }

  protected onStopped(): void {}
}

function messageOf(call: RequestCall, method: string, params: Buffer, parsed: Params): RequestMessage {
  const { idText } = call.message;
  const head = `{"jsonrpc":"2.0","id":${idText},"method":"${method}","params":`;
  const bytes = Buffer.concat([Buffer.from(head), params, Buffer.from('}')]);
  const envelope = members(bytes);
  const range = envelope.get('params');
  return {
    ...call.message,
    method,
    params: parsed,
    bytes,
    envelope,
    paramsAt: range && members(bytes, range.start),
  };
}

function withTask(call: RequestCall): RequestCall {
  const { bytes, paramsAt, method, params } = call.message;
  const task = { ttl: KEPT_MS };
  const more = { task: JSON.stringify(task) };
  const said = rebuild(bytes, paramsAt ?? new Map(), { more });
  return { ...call, message: messageOf(call, method, said, { ...params, task }) };
}

function taskIdOf(answer: Buffer): string | undefined {
  const value: unknown = JSON.parse(answer.toString('utf8'));
  const result = isObject(value) && isObject(value.result) ? value.result : {};
  const task = isObject(result.task) ? result.task : {};
  return typeof task.taskId === 'string' ? task.taskId : undefined;
}

/**
 * Calls a tool that runs as a task only, for a client that knows no tasks: the answer comes when the task has ended, and
 * what the server asks meanwhile comes on the stream of `tasks/result` (2025-11-25 basic/utilities/tasks).
 */
export async function runAsTask(
  call: RequestCall,
  plan: OnePlan,
  out: ConvertingOut,
  deps: RelayDeps,
): Promise<void> {
  const creation = new CreationOut(out);
  await relay(withTask(call), plan, creation, deps);
  if (!creation.answer) return out.end();
  const taskId = taskIdOf(creation.answer);
  // It refused, or ran at once after all.
  if (taskId === undefined) return out.json(creation.answer);
  const row = METHODS.get('tasks/result');
  if (!row) throw new Fault('method_not_found');
  const params = { taskId };
  const said = Buffer.from(JSON.stringify(params));
  const asking = { ...call, row, message: messageOf(call, 'tasks/result', said, params) };
  const target = { ...plan.target, original: taskId, traits: undefined };
  await relay(asking, { ...plan, target }, out, deps);
}
