import { toFrame } from '../../mcp/index.ts';
import type { Out } from '../out.ts';
import { ConvertingOut, type Said } from './converting-out.ts';

/** Notifications that a 2026 server may send before its answer (basic/transports, "Receiving Messages"). */
const BEFORE_ANSWER: readonly string[] = ['notifications/progress', 'notifications/message'];

/** One round of a 2025 client's call at a server of 2026: notifications go on, the answer is kept to be read. */
export class NewServerOut extends ConvertingOut {
  readonly #out: Out;
  answer: Buffer | undefined;

  constructor(out: Out) {
    super();
    this.#out = out;
  }

  get takesMessages(): boolean {
    return this.#out.takesMessages;
  }

  get hasStarted(): boolean {
    return this.#out.hasStarted;
  }

  onGone(listener: () => void): void {
    this.#out.onGone(listener);
  }

  protected onSaid({ method }: Said, json: string): void {
    if (!BEFORE_ANSWER.includes(method)) return;
    if (!this.#out.isStream) this.#out.startStream();
    this.#out.write(toFrame(json));
  }

  protected onAnswer(json: Buffer): void {
    this.answer = json;
  }

  protected onStopped(): void {}
}
