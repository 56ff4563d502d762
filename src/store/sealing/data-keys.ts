import { randomBytes } from 'node:crypto';
import { deriveKey, Seal, type Sealing, SealRing, Secret } from '../../base/index.ts';
import { change, type Db } from '../change.ts';
import type { DataKeyState, Purpose } from './types.ts';

/** Under which ids the master secret gave the keys itself, before there were data keys. */
const FORMER_IDS: Readonly<Record<Purpose, string>> = {
  credentials: 'c1',
  oauth: 'o1',
  connections: 'n1',
  signing: 's1',
};

type Deps = { readonly master: Secret; readonly former?: Secret | undefined };
type DataKey = { readonly id: string; readonly secret: Secret; readonly createdAt: number };

const newId = (): string => `d${randomBytes(4).toString('hex')}`;
const WRAPPED_BY = 'w1';
/** Whether one of these master secrets unwraps a key; nothing is changed. */
export function unwraps({ id, wrapped }: { id: string; wrapped: string }, { master, former }: Deps): boolean {
  return [master, former].some(secret => secret && wrapperOf(secret).open(wrapped, id) !== undefined);
}

const wrapperOf = (master: Secret) => new Seal(deriveKey(master, 'data-keys'), WRAPPED_BY);

/**
 * The keys that seal what rests in the store. The master secret only wraps them, so that it can be changed, and they
 * can be, each without the other.
 */
export class DataKeys {
  readonly #db: Db;
  readonly #deps: Deps;
  readonly #rings = new Map<Purpose, SealRing>();
  #keys: readonly DataKey[] = [];
  #unreadable = 0;

  constructor(db: Db, deps: Deps) {
    this.#db = db;
    this.#deps = deps;
  }

  get state(): DataKeyState {
    const ids = this.#keys.map(key => key.id);
    return { current: ids[0] ?? '', ids, unreadable: this.#unreadable };
  }

  /** Reads the keys, wraps anew what the former master secret wrapped, and makes the first one where there is none. */
  async load(): Promise<void> {
    const rows = await this.#db.selectFrom('dataKeys').selectAll().execute();
    const opened: DataKey[] = [];
    this.#unreadable = 0;
    for (const { id, wrapped, createdAt } of rows) {
      const secret = wrapperOf(this.#deps.master).open(wrapped, id) ?? (await this.#rewrap(id, wrapped));
      if (secret) opened.push({ id, secret: new Secret(secret.toString()), createdAt });
      else this.#unreadable++;
    }
    opened.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
    this.#keys = opened;
    if (opened.length === 0) return this.#addFirst();
    for (const [purpose, ring] of this.#rings) ring.become(...this.#sealsOf(purpose));
  }

  /** Of those with one age the same is current in every process. */
  sealFor(purpose: Purpose): Sealing {
    let ring = this.#rings.get(purpose);
    if (!ring) {
      ring = new SealRing(...this.#sealsOf(purpose));
      this.#rings.set(purpose, ring);
    }
    return ring;
  }

  /** A new key that seals from now on, in this process; the others learn it with the next revision. */
  async add(now: number): Promise<void> {
    await this.#insert(newId(), now);
    // Whoever looks at the revision learns of it.
    await change(this.#db, async () => {});
    await this.load();
  }

  /** Under one name in every process: whoever is first has made it for all. */
  async #addFirst(): Promise<void> {
    await this.#insert(this.#unreadable === 0 ? 'd0' : newId(), 0);
    await this.load();
  }

  async #insert(id: string, createdAt: number): Promise<void> {
    const wrapped = wrapperOf(this.#deps.master).close(randomBytes(32).toString('base64url'), id);
    const key = this.#db.insertInto('dataKeys').values({ id, wrapped, createdAt });
    await key.onConflict(conflict => conflict.doNothing()).execute();
  }

  /** Keys that seal nothing any more. */
  async forget(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await change(this.#db, tx => tx.deleteFrom('dataKeys').where('id', 'in', ids).execute());
    await this.load();
  }

  /** Those that no master secret at hand unwraps. */
  async forgetUnreadable(): Promise<void> {
    const { ids } = this.state;
    await this.#db.deleteFrom('dataKeys').where('id', 'not in', ids).execute();
    await this.load();
  }

  async #rewrap(id: string, wrapped: string): Promise<Buffer | undefined> {
    const { former, master } = this.#deps;
    const secret = former && wrapperOf(former).open(wrapped, id);
    if (!secret) return undefined;
    const again = wrapperOf(master).close(secret, id);
    await this.#db
      .updateTable('dataKeys')
      .set({ wrapped: again })
      .where('id', '=', id)
      .where('wrapped', '=', wrapped)
      .execute();
    return secret;
  }

  #sealsOf(purpose: Purpose): [Seal, readonly Seal[]] {
    const { master, former } = this.#deps;
    const [current, ...others] = this.#keys.map(({ id, secret }) => new Seal(deriveKey(secret, purpose), id));
    const direct = [master, ...(former ? [former] : [])].map(
      secret => new Seal(deriveKey(secret, purpose), FORMER_IDS[purpose]),
    );
    const [first, ...rest] = current ? [current, ...others, ...direct] : direct;
    return [first as Seal, rest];
  }
}
