import { createHash } from 'node:crypto';
import type { ServerName } from '../base/index.ts';
import type { ListName, ServerEntry } from '../mcp/index.ts';
import type { OwnedName, Store } from '../store/index.ts';
import type { Lists } from './definition.ts';
import { serverUri } from './server-uri.ts';

type Kind = OwnedName['kind'];
type ListedKind = Exclude<Kind, 'raw-tool' | 'raw-prompt'>;

/** URIs and templates of URIs keep their form, and have no name that could be meant without its prefix. */
function isUri(kind: ListedKind): kind is 'resource' | 'template' {
  return kind === 'resource' || kind === 'template';
}

/** `since` in milliseconds since the epoch. */
export type Owner = { readonly server: ServerName; readonly original: string; readonly since: number };

/** The big model APIs refuse longer ones. */
const MAX_NAME = 64;

function slot(kind: Kind, exposed: string): string {
  return `${kind} ${exposed}`;
}

/** A name that fits: cut, with six characters of the hash of its full form at the end. */
function shorten(name: string): string {
  if (name.length <= MAX_NAME) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, MAX_NAME - 7)}_${hash}`;
}

const PUBLISHED = [
  ['tool', 'tools'],
  ['prompt', 'prompts'],
  ['resource', 'resources'],
  ['template', 'resourceTemplates'],
] as const;

/** A name that another server has already, and the one that is given instead. */
export type Collision = {
  readonly server: ServerName;
  readonly kind: ListedKind;
  /** The server's own name for it. */
  readonly original: string;
  readonly wanted: string;
  readonly given: string;
};

type Deps = {
  readonly store: Pick<Store, 'loadNames' | 'claimNames'>;
  readonly now: () => number;
  onCollision(collision: Collision): void;
  /** Where an administrator lets the name of a tool lead. */
  mapped(name: string): Mapped | undefined;
};

export type Mapped = { readonly server: ServerName; readonly tool: string };

/**
 * Which server a name belongs to. Once published, a name never passes to another server by itself, neither while its
 * owner is down nor after it dropped the tool: else a newcomer could answer in another's place.
 */
export class Names {
  readonly #owners = new Map<string, Owner>();
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const row of await this.#deps.store.loadNames()) this.#take(row);
  }

  owner(kind: Kind, exposed: string): Owner | undefined {
    return this.#owners.get(slot(kind, exposed));
  }

  /**
   * Whose a name is that is not listed: where an administrator lets it lead, else the server that had a tool or prompt of
   * that name first.
   */
  unlistedOwner(kind: 'tool' | 'prompt', name: string): Omit<Owner, 'since'> | undefined {
    const mapped = kind === 'tool' ? this.#deps.mapped(name) : undefined;
    return mapped ? { server: mapped.server, original: mapped.tool } : this.owner(`raw-${kind}`, name);
  }

  /** The name under which `original` is listed, if it was published. */
  exposed(entry: ServerEntry, kind: ListedKind, original: string): string | undefined {
    for (const candidate of this.#candidates(entry, kind, original)) {
      const owner = this.owner(kind, candidate);
      if (owner?.server === entry.name && owner.original === original) return candidate;
      if (!owner && !this.#isForeign(entry, kind, candidate)) return undefined;
    }
    return undefined;
  }

  /** Publishes what is new of a server, first come, first kept, and writes it down before anybody sees it. `true`: there was something new. */
  async publish(entry: ServerEntry, kind: ListedKind, originals: readonly string[]): Promise<boolean> {
    const claims: OwnedName[] = [];
    for (const original of originals) {
      const raw = isUri(kind) ? undefined : (`raw-${kind}` as const);
      // What is listed under this very name for another server stays that server's.
      const isFree = (this.owner(kind, original)?.server ?? entry.name) === entry.name;
      if (raw && isFree && !this.owner(raw, original))
        claims.push(this.#claim(raw, original, entry, original));
      const wanted = this.#firstFree(entry, kind, original);
      if (wanted !== undefined) claims.push(this.#claim(kind, wanted, entry, original));
    }
    if (claims.length === 0) return false;
    for (const row of await this.#deps.store.claimNames(claims)) this.#take(row);
    return true;
  }

  /** Publishes everything of these lists; the lists in which a name is new. */
  async publishAll(entry: ServerEntry, lists: Lists): Promise<readonly ListName[]> {
    const renamed: ListName[] = [];
    for (const [kind, list] of PUBLISHED) {
      const keys = lists[list].map(one => one.key);
      if (await this.publish(entry, kind, keys)) renamed.push(list);
    }
    return renamed;
  }

  /** A name to claim, or undefined when one is owned already. */
  #firstFree(entry: ServerEntry, kind: ListedKind, original: string): string | undefined {
    const [wanted = ''] = this.#candidates(entry, kind, original);
    for (const candidate of this.#candidates(entry, kind, original)) {
      const owner = this.owner(kind, candidate);
      if (owner?.server === entry.name && owner.original === original) return undefined;
      if (owner || this.#isForeign(entry, kind, candidate)) continue;
      if (candidate !== wanted)
        this.#deps.onCollision({ server: entry.name, kind, original, wanted, given: candidate });
      return candidate;
    }
    return undefined;
  }

  /** Whether callers already reach another server by it: a raw name leads to the server that owned it first. */
  #isForeign({ name }: ServerEntry, kind: ListedKind, candidate: string): boolean {
    const owner = isUri(kind) ? undefined : this.unlistedOwner(kind, candidate);
    return owner !== undefined && owner.server !== name;
  }

  *#candidates(entry: ServerEntry, kind: ListedKind, original: string): Generator<string> {
    if (isUri(kind)) {
      yield original;
      yield serverUri(entry.name, original);
      return;
    }
    const wanted = entry.prefix + original;
    yield shorten(wanted);
    for (let n = 2; n < 1000; n++) yield shorten(`${wanted}_${n}`);
  }

  #claim(kind: Kind, exposed: string, entry: ServerEntry, original: string): OwnedName {
    // Held at once, so that a second claim in the same breath sees it.
    const row = { kind, exposed, server: entry.name, original, createdAt: this.#deps.now() };
    this.#take(row);
    return row;
  }

  #take(row: OwnedName): void {
    this.#owners.set(slot(row.kind, row.exposed), {
      server: row.server,
      original: row.original,
      since: row.createdAt,
    });
  }
}
