import { LRUCache } from 'lru-cache';
import type { Seal, ServerName } from '../../base/index.ts';
import type { Params } from '../../mcp/index.ts';
import type { Caller, Item } from '../../policy/index.ts';
import { type Place, placeKey } from '../place.ts';

/** Whose task: of one person at one endpoint. */
export type TaskOwner = { readonly caller: Pick<Caller, 'principal'>; readonly place: Place };

/** A task as its server knows it, and the tool that it runs where that is known. */
export type TaskRef = { readonly server: ServerName; readonly id: string; readonly tool?: Item | undefined };

/** A task that was made here, in the words of its server when they were last heard. */
export type KnownTask = TaskRef & { readonly token: string; readonly said: Params };

const MAX_PEOPLE = 5_000;
const MAX_OF_ONE = 500;
const KEPT_MS = 24 * 60 * 60_000;
/** Longer ids could not come back as `Mcp-Name`. */
const MAX_ID = 1_024;
const MAX_TOKEN = 4_096;
const MAX_SAID = 2_048;

/**
 * The ids of tasks as clients know them: sealed for one person and endpoint, so that each finds its server again and
 * nobody else's (SEP-2663, "Security Implications"). The same task has the same id whenever it is told. What was made
 * here is kept for a day, in bounds, for `tasks/list`.
 */
export class TaskIds {
  readonly #seal: Seal;
  readonly #known = new LRUCache<string, LRUCache<string, KnownTask>>({ max: MAX_PEOPLE });

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** The client's id of a task: it holds the tool, whose right is the right to the task. */
  tokenOf(owner: TaskOwner, ref: TaskRef): string {
    const known = this.#find(owner, ref);
    if (known) return known.token;
    const { server, id, tool } = ref;
    const about = tool && tool.name.length <= MAX_ID ? [server, id, tool.name, tool.tier] : [server, id];
    return this.#seal.closeStable(JSON.stringify(about), bound(owner));
  }

  /** The task that a client names; undefined for an id that is forged, or another person's or endpoint's. */
  open(owner: TaskOwner, token: unknown): TaskRef | undefined {
    if (typeof token !== 'string' || token.length > MAX_TOKEN) return undefined;
    const plain = this.#seal.open(token, bound(owner));
    if (!plain) return undefined;
    const about = JSON.parse(plain.toString('utf8')) as [ServerName, string, string?, Item['tier']?];
    const [server, id, name, tier] = about;
    const tool: Item | undefined =
      name === undefined || tier === undefined ? undefined : { kind: 'tool', name, tier };
    return { server, id, tool };
  }

  /** Whether an id can be told at all. */
  isSayable(id: string): boolean {
    return id.length <= MAX_ID;
  }

  /** Keeps what a server said of a task of this owner. */
  keep(owner: TaskOwner, ref: TaskRef, said: Params): void {
    const key = bound(owner);
    const mine =
      this.#known.get(key) ?? new LRUCache({ max: MAX_OF_ONE, ttl: KEPT_MS, ttlResolution: 60_000 });
    this.#known.set(key, mine);
    const token = this.tokenOf(owner, ref);
    // In place, so that the order of the list is that of the creation.
    const before = mine.peek(slotOf(ref));
    const { server, id, tool } = before ?? ref;
    mine.set(slotOf(ref), { server, id, tool, token, said: slim(said, before?.said) });
  }

  /** Whether this owner made the task here. */
  isKnown(owner: TaskOwner, ref: TaskRef): boolean {
    return this.#find(owner, ref) !== undefined;
  }

  forget(owner: TaskOwner, ref: TaskRef): void {
    this.#known.get(bound(owner))?.delete(slotOf(ref));
  }

  /** The tasks of this owner, oldest first. */
  of(owner: TaskOwner): readonly KnownTask[] {
    const mine = this.#known.get(bound(owner));
    return mine ? [...mine.values()].toSorted((a, b) => order(a).localeCompare(order(b))) : [];
  }

  #find(owner: TaskOwner, ref: TaskRef): KnownTask | undefined {
    return this.#known.get(bound(owner))?.get(slotOf(ref));
  }
}

function slotOf({ server, id }: TaskRef): string {
  return `${server} ${id}`;
}

function bound({ caller, place }: TaskOwner): string {
  return `${caller.principal} ${placeKey(place)}`;
}

function order({ said, token }: KnownTask): string {
  return `${typeof said.createdAt === 'string' ? said.createdAt : ''} ${token}`;
}

const MEMBERS = ['status', 'createdAt', 'lastUpdatedAt', 'ttl', 'pollInterval'] as const;

/** A task without its id, and no more of it than is worth keeping. */
function slim(said: Params, before: Params = {}): Params {
  const { taskId, ...rest } = said;
  if (JSON.stringify(rest).length <= MAX_SAID) return rest;
  const known = MEMBERS.filter(name => said[name] !== undefined);
  return { ...before, ...Object.fromEntries(known.map(name => [name, said[name]])) };
}
