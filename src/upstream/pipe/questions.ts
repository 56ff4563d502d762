import { members } from '../../mcp/index.ts';
import type { Heard } from './heard.ts';
import type { PipeSink } from './pipe-sink.ts';

export type Question = Extract<Heard, { kind: 'request' }>;

/** A server that asks and asks, and takes no answer, is not remembered without end. */
const MAX_QUESTIONS = 1_000;

/** Where the questions of a server went that are not answered yet, by their id as JSON. */
export class Questions {
  readonly #open = new Map<string, { readonly heard: Question; readonly sink: PipeSink }>();

  asked(heard: Question, sink: PipeSink): void {
    if (this.#open.size >= MAX_QUESTIONS) this.#open.clear();
    this.#open.set(heard.idText, { heard, sink });
  }

  /** A message of ours, which may be the answer to one. */
  answered(message: Buffer): void {
    const at = members(message);
    const id = at.get('id');
    if (id && !at.has('method')) this.#open.delete(message.toString('utf8', id.start, id.end));
  }

  /** The server wants no answer any more; who was asked. */
  takenBack(idText: string): PipeSink | undefined {
    const sink = this.#open.get(idText)?.sink;
    this.#open.delete(idText);
    return sink;
  }

  /** What whoever has ended now was asked and left open. */
  leftBy(sink: PipeSink): readonly Question[] {
    const left = [...this.#open.values()].filter(one => one.sink === sink);
    for (const { heard } of left) this.#open.delete(heard.idText);
    return left.map(one => one.heard);
  }
}
