import { Fault, type ServerName } from '../../base/index.ts';
import { parseFrame, toFrame } from '../../mcp/index.ts';
import type { Item } from '../../policy/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { PassingOut } from '../passing-out.ts';
import { mayNameTask, renameInAnswer } from './rewrite.ts';
import type { TaskIds } from './task-ids.ts';

/** An answer that is a task is read whole. */
const ANSWER_BYTES = 16 * 1024 * 1024;

type About = {
  readonly call: RequestCall;
  readonly server: ServerName;
  /** What was called, or what the task runs. */
  readonly tool: Item;
  readonly tasks: TaskIds;
};

/** Says tasks to the client by the ids that it knows them by. */
export class TaskOut extends PassingOut {
  readonly #about: About;
  /** What `tasks/get` and its kin answer is a task, and their answers are never passed on in pieces. */
  readonly #isTask: boolean;
  #pieces: Buffer[] | undefined;
  #size = 0;

  constructor(out: Out, about: About) {
    super(out);
    this.#about = about;
    this.#isTask = about.call.row.goes === 'task';
  }

  override json(body: Buffer | string, status?: number): void {
    this.out.json(this.#rename(typeof body === 'string' ? Buffer.from(body) : body), status);
  }

  override startJson(length: number | undefined): void {
    // A call's answer of that size is no task.
    if (this.#isTask) this.#pieces = [];
    else this.out.startJson(length);
  }

  override write(chunk: Buffer): boolean {
    if (!this.#pieces) return this.out.write(chunk);
    this.#size += chunk.length;
    if (this.#size > ANSWER_BYTES) throw new Fault('upstream_invalid', { says: 'The task is too large' });
    this.#pieces.push(Buffer.from(chunk));
    return true;
  }

  override end(): void {
    if (this.#pieces) this.json(Buffer.concat(this.#pieces));
    else this.out.end();
  }

  override finish(frame: Buffer): void {
    const data = mayNameTask(frame) ? parseFrame(frame)?.data : undefined;
    this.out.finish(data === undefined ? frame : toFrame(this.#rename(Buffer.from(data))));
  }

  #rename(json: Buffer): Buffer {
    const { call, server, tool, tasks } = this.#about;
    const { bytes, task } = renameInAnswer(json, this.#isTask, id => {
      if (!tasks.isSayable(id))
        throw new Fault('upstream_invalid', { says: 'The id of the task is too long' });
      return tasks.tokenOf(call, { server, id, tool });
    });
    if (task) tasks.keep(call, { server, id: task.id, tool }, task.said);
    return bytes;
  }
}
