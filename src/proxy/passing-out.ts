import type { Fault } from '../base/index.ts';
import type { Out } from './out.ts';

/** The text as bytes; bytes are not copied. */
export function asBytes(body: Buffer | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Passes everything on; what changes something on the way overrides only that. */
export class PassingOut implements Out {
  protected readonly out: Out;

  constructor(out: Out) {
    this.out = out;
  }

  get hasStarted(): boolean {
    return this.out.hasStarted;
  }

  get isStream(): boolean {
    return this.out.isStream;
  }

  get takesMessages(): boolean {
    return this.out.takesMessages;
  }

  get bytes(): number {
    return this.out.bytes;
  }

  json(body: Buffer | string, status?: number): void {
    this.out.json(body, status);
  }

  startJson(length: number | undefined): void {
    this.out.startJson(length);
  }

  startStream(): void {
    this.out.startStream();
  }

  write(chunk: Buffer): boolean {
    return this.out.write(chunk);
  }

  end(): void {
    this.out.end();
  }

  finish(chunk: Buffer): void {
    this.out.finish(chunk);
  }

  fault(fault: Fault): void {
    this.out.fault(fault);
  }

  onceDrained(listener: () => void): void {
    this.out.onceDrained(listener);
  }

  onGone(listener: (isForGood?: boolean) => void): void {
    this.out.onGone(listener);
  }
}
