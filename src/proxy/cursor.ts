import { type Clock, Fault, type Seal } from '../base/index.ts';
import type { RequestCall } from './call.ts';
import { placeKey } from './place.ts';

export type Position = { readonly after: string; readonly index: number };

const LIFE_MS = 60 * 60 * 1000;

/** Cursors of our own: opaque, unforgeable, and good for one person, endpoint and list only. */
export class Cursors {
  readonly #seal: Seal;
  readonly #clock: Clock;

  constructor(seal: Seal, clock: Clock) {
    this.#seal = seal;
    this.#clock = clock;
  }

  make(call: RequestCall, position: Position): string {
    return this.#seal.close(JSON.stringify({ ...position, at: this.#clock.now() }), this.#bound(call));
  }

  /** Where the list goes on. Fault `invalid_params` for a cursor that is not ours (server/utilities/pagination). */
  read(call: RequestCall): Position | undefined {
    const { cursor } = call.message.params;
    if (cursor === undefined) return undefined;
    const plain =
      typeof cursor === 'string' && cursor.length < 4096
        ? this.#seal.open(cursor, this.#bound(call))
        : undefined;
    if (!plain) throw new Fault('invalid_params', { says: 'Invalid params: the cursor is not valid' });
    const { after, index, at } = JSON.parse(plain.toString('utf8')) as Position & { at: number };
    if (at + LIFE_MS < this.#clock.now())
      throw new Fault('invalid_params', { says: 'Invalid params: the cursor has expired' });
    return { after, index };
  }

  #bound(call: RequestCall): string {
    return `${call.caller.principal} ${placeKey(call.place)} ${call.message.method}`;
  }
}
