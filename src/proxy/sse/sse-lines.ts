import { Fault, type Seal } from '../../base/index.ts';
import type { Caller } from '../../policy/index.ts';
import { type Place, placeKey } from '../place.ts';
import type { SseLine } from './sse-line.ts';

function boundTo(caller: Caller, place: Place): string {
  return `${caller.principal} ${placeKey(place)}`;
}

/** The open streams of HTTP+SSE in this process, each found by what its client was told alone. */
export class SseLines {
  readonly #seal: Seal;
  readonly #open = new Map<string, SseLine>();

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** The address for the messages of this line. */
  open(line: SseLine, caller: Caller, place: Place): string {
    this.#open.set(line.id, line);
    const folder = place.kind === 'one' ? `/sse/${place.server}` : '/sse';
    return `${folder}/messages?stream=${this.#seal.close(line.id, boundTo(caller, place))}`;
  }

  /** Fault `session_not_found` for one that is forged, closed, another person's or of another endpoint. */
  find(query: string, caller: Caller, place: Place): SseLine {
    const given = new URLSearchParams(query).get('stream') ?? '';
    const id = given.length < 256 ? this.#seal.open(given, boundTo(caller, place)) : undefined;
    const line = id && this.#open.get(id.toString('utf8'));
    if (!line) throw new Fault('session_not_found', { says: 'There is no such stream, or it has ended' });
    return line;
  }

  close(line: SseLine): void {
    this.#open.delete(line.id);
  }
}
