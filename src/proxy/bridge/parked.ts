import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, Fault, randomToken, type Seal } from '../../base/index.ts';
import { canonical, isObject, type Params, type RequestMessage } from '../../mcp/index.ts';
import { Pending } from '../../shared/index.ts';
import type { RequestCall } from '../call.ts';
import { placeKey } from '../place.ts';
import { inputRequired, type Line, type Outcome, type ParkedCall } from './parked-call.ts';

/** How long a call waits for its client in all, unless said. */
const PARKED_MS = 10 * 60_000;
const MAX_OF_ONE = 16;
const MAX_IN_ALL = 256;
/** A client that lost the answer may ask for it again with the same words. */
const REPLAY_MS = 60_000;
const MAX_REPLAYS = 2_000;
const MAX_STATE = 2_048;

/** A client that came back: its request, and what it answers. */
type Retry = { readonly line: Line; readonly responses: Params };

/** Hands the retry to its call; `false` when the same is to be asked again. */
type Resume = (line: Line, responses: Params, ask: () => Outcome) => boolean;

type Replay = { readonly responses: string; readonly outcome: Promise<Outcome> };

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** What a retry must repeat: method and `params`, but for what each round has of its own. */
function salient({ method, params }: RequestMessage): string {
  const { _meta, requestState, inputResponses, ...rest } = params;
  return digest(`${method}\n${canonical(rest)}`);
}

function invalid(): Fault {
  return new Fault('invalid_params', { says: 'Invalid params: requestState is not valid or has expired' });
}

/** The same words again: what became of them, unless their call ended with whoever said them first. */
async function join({ responses, outcome }: Replay, said: string): Promise<Outcome> {
  const became = responses === said ? await outcome : undefined;
  if (!became || became.kind === 'gone') throw invalid();
  return became;
}

/** The calls that wait for their clients, each under a state that only its own person can bring back. */
export class Parked {
  readonly #pending: Pending<Retry>;
  readonly #seal: Seal;
  readonly ms: number;
  readonly #calls = new Map<ParkedCall, number>();
  readonly #replays = new LRUCache<string, Replay>({
    max: MAX_REPLAYS,
    ttl: PARKED_MS,
    ttlResolution: 1_000,
  });
  /** Which process keeps the call. */
  readonly #node = randomToken(6);

  constructor(seal: Seal, clock: Clock, ms = PARKED_MS) {
    this.#seal = seal;
    this.ms = ms;
    this.#pending = new Pending(clock);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Parks a call for one round. Fault `limit_exceeded` where too many are parked. */
  open(
    call: ParkedCall,
    first: RequestCall,
    resume: Resume,
  ): { readonly ask: (requests: Params) => Outcome; readonly release: () => void } {
    this.#checkRoom(call, first);
    this.#calls.set(call, (this.#calls.get(call) ?? 0) + 1);
    let outcome: Outcome = { kind: 'gone' };
    const { principal } = call;
    const id: string = this.#pending.wait(principal, this.ms, retry => {
      if (!resume(retry.line, retry.responses, () => outcome)) return false;
      this.#calls.delete(call);
      return true;
    });
    const requestState = this.#seal.close(`${this.#node} ${id}`, this.#bound(first));
    return {
      ask: inputRequests => {
        outcome = inputRequired({ inputRequests, requestState });
        return outcome;
      },
      release: () => {
        this.#pending.drop(id);
        this.#calls.delete(call);
      },
    };
  }

  /**
   * Goes on with the call that the state names. The same state with the same answers joins what was begun with them and
   * gets the same answer. Fault `invalid_params` for a state that is forged, foreign, expired or used otherwise before.
   */
  async resume(call: RequestCall, line: Omit<Line, 'settle'>): Promise<Outcome> {
    const { requestState, inputResponses } = call.message.params;
    const id = this.#read(requestState, call);
    const responses = isObject(inputResponses) ? inputResponses : {};
    const said = digest(canonical(responses));
    const replay = this.#replays.get(id);
    if (replay) return join(replay, said);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const isThere = this.#pending.answer(id, call.caller.principal, {
      line: { ...line, settle: resolve },
      responses,
    });
    if (!isThere) throw invalid();
    if (!this.#pending.has(id)) this.#keep(id, { responses: said, outcome: promise });
    return promise;
  }

  close(): void {
    for (const call of [...this.#calls.keys()]) call.abandon();
  }

  #keep(id: string, replay: Replay): void {
    this.#replays.set(id, replay);
    void replay.outcome.then(() => this.#replays.set(id, replay, { ttl: REPLAY_MS }));
  }

  #read(state: unknown, call: RequestCall): string {
    const plain =
      typeof state === 'string' && state.length <= MAX_STATE
        ? this.#seal.open(state, this.#bound(call))
        : undefined;
    const [node, id] = plain?.toString('utf8').split(' ') ?? [];
    if (node !== this.#node || id === undefined) throw invalid();
    return id;
  }

  #bound({ caller, place, message }: RequestCall): string {
    return `${caller.principal} ${placeKey(place)} ${salient(message)}`;
  }

  #checkRoom(call: ParkedCall, { entry }: RequestCall): void {
    if (this.#calls.has(call)) return;
    const own = [...this.#calls.keys()].filter(one => one.principal === call.principal).length;
    if (own < MAX_OF_ONE && this.#calls.size < MAX_IN_ALL) return;
    throw new Fault('limit_exceeded', {
      status: 200,
      says: 'Too many calls wait for answers of their clients',
      data: { ...(entry.server && { server: entry.server }), mayHaveRun: true, retryAfterMs: 10_000 },
    });
  }
}
