import { inspect } from 'node:util';

/**
 * A value that cannot be printed: strings, JSON, logs and the inspector show `[secret]`.
 * `reveal()` is called only where the value is sent, hashed or used as a key.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
