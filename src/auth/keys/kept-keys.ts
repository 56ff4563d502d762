import type { Clock, Sealing, Secret } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { SigningKey, Store } from '../../store/index.ts';
import { type Algorithm, type Key, keyOfPem, makeKey, openKey } from './signing-key.ts';

export type Signing = {
  /** HS256 for access tokens alone: the kept keys are then ES256 ones. */
  readonly algorithm: Algorithm | 'HS256';
  /** The operator's own key, for RS256. */
  readonly pem?: Secret | undefined;
};

export type KeptKeysDeps = {
  readonly store: Store;
  readonly master: Secret;
  readonly clock: Clock;
  /** ES256 unless said. */
  readonly signing?: Signing;
  /** How long the longest-lived token lives, in milliseconds; an hour unless said. A former key verifies so long. */
  readonly keepMs?: number;
  /** Tells of rotations by other processes. */
  readonly live?: Pick<Live, 'onSwap'>;
  /** Hears of a rotation that the settings asked for. */
  readonly ledger?: Pick<Ledger, 'event'>;
};

/** By key id. */
export type Rotated = { readonly from: string | undefined; readonly to: string };

const RELOAD_AFTER_MS = 1000;
const HOUR_MS = 3_600_000;
const ORDER: readonly SigningKey['state'][] = ['current', 'next', 'previous'];

function byState(a: Key, b: Key): number {
  return ORDER.indexOf(a.row.state) - ORDER.indexOf(b.row.state) || b.row.createdAt - a.row.createdAt;
}

function stateOf(keys: readonly Key[]): string {
  return keys.map(({ row }) => `${row.kid} ${row.state}`).join();
}

async function reopen(row: SigningKey, known: Key | undefined): Promise<Key> {
  return known ? { ...known, row } : openKey(row);
}

/** The signing keys of the store as this process knows them; it makes what is missing and turns them. */
export class KeptKeys {
  readonly seal: Sealing;
  readonly #deps: KeptKeysDeps;
  readonly #signing: Signing;
  readonly #listeners = new Set<() => void>();
  /** In the order of their states. */
  #keys: readonly Key[] = [];
  #settled: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: KeptKeysDeps) {
    this.#deps = deps;
    this.#signing = deps.signing ?? { algorithm: 'ES256' };
    this.seal = deps.store.dataKeys.sealFor('signing');
    // What cannot be read now is read at the next change, or when a token names a key that is not known.
    deps.live?.onSwap(() => void this.#reload().catch(() => {}));
  }

  get current(): Key | undefined {
    return this.#keys.find(key => key.row.state === 'current');
  }

  /** Those of which a token may still count. */
  valid(): readonly Key[] {
    const since = this.#deps.clock.now() - (this.#deps.keepMs ?? HOUR_MS);
    return this.#keys.filter(({ row }) => row.retiredAt === undefined || row.retiredAt > since);
  }

  find(kid: string): Key | undefined {
    return this.valid().find(key => key.row.kid === kid);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks again for what other processes changed, at most once a second. */
  look(): Promise<void> {
    if (this.#loading) return this.#loading;
    if (this.#deps.clock.now() - this.#loadedAt < RELOAD_AFTER_MS) return Promise.resolve();
    return this.#reload();
  }

  /** Once: from then on the keys are as the settings want them. */
  settle(): Promise<void> {
    this.#settled ??= this.#bringAbout().catch(error => {
      this.#settled = undefined;
      throw error;
    });
    return this.#settled;
  }

  /** Goes on with the algorithm of the current key: a command may run without the gateway's environment. */
  async rotate(): Promise<Rotated | undefined> {
    await this.#reload();
    return this.#turnTo(this.current?.row.algorithm ?? this.#wanted());
  }

  /** What was written before the call is in what is read: a reading under way may have passed it. */
  #reload(): Promise<void> {
    const before = this.#loading?.catch(() => {}) ?? Promise.resolve();
    const loading = before
      .then(() => this.#load())
      .finally(() => {
        if (this.#loading === loading) this.#loading = undefined;
      });
    this.#loading = loading;
    return loading;
  }

  async #load(): Promise<void> {
    const known = new Map(this.#keys.map(key => [key.row.kid, key]));
    const rows = await this.#deps.store.listSigningKeys();
    const keys = await Promise.all(rows.map(row => reopen(row, known.get(row.kid))));
    const before = stateOf(this.#keys);
    this.#keys = keys.sort(byState);
    this.#loadedAt = this.#deps.clock.now();
    if (stateOf(this.#keys) !== before) for (const listener of [...this.#listeners]) listener();
  }

  /** Where two processes made keys at the same moment, both go on with those of the first. */
  async #bringAbout(): Promise<void> {
    await this.#reload();
    const before = this.current?.row;
    const { pem } = this.#signing;
    if (pem) await this.#turnToOwn(await keyOfPem(pem, this.#making()));
    else if (before?.algorithm !== this.#wanted()) await this.#turnTo(this.#wanted());
    else if (!this.#keys.some(key => key.row.state === 'next')) await this.#addNext();
    const now = this.current?.row;
    if (!before || !now || before.kid === now.kid) return;
    const detail = { from: before.kid, to: now.kid, algorithm: now.algorithm, why: 'settings' };
    this.#deps.ledger?.event({ type: 'key_rotated', severity: 'low', detail });
  }

  async #addNext(): Promise<void> {
    await this.#deps.store.addSigningKey(await makeKey(this.#wanted(), this.#making()));
    await this.#reload();
  }

  async #turnToOwn(row: SigningKey): Promise<void> {
    const isKnown = this.#keys.some(key => key.row.kid === row.kid);
    if (this.current?.row.kid !== row.kid) await this.#turn(row.kid, isKnown ? [] : [row]);
  }

  /** The key that waits, where it has this algorithm, and a new one that waits after it. */
  async #turnTo(algorithm: Algorithm): Promise<Rotated | undefined> {
    const waiting = this.#keys.find(({ row }) => row.state === 'next' && row.algorithm === algorithm)?.row;
    const key = waiting ?? (await makeKey(algorithm, this.#making()));
    const next = await makeKey(algorithm, this.#making());
    return this.#turn(key.kid, waiting ? [next] : [key, next]);
  }

  async #turn(to: string, made: readonly SigningKey[]): Promise<Rotated | undefined> {
    const { store, clock, keepMs = HOUR_MS } = this.#deps;
    const from = this.current?.row.kid;
    const at = clock.now();
    const isDone = await store.rotateSigningKeys({ from, to, made, at, forgetBefore: at - keepMs });
    await this.#reload();
    return isDone ? { from, to } : undefined;
  }

  #wanted(): Algorithm {
    return this.#signing.algorithm === 'RS256' ? 'RS256' : 'ES256';
  }

  #making() {
    return { seal: this.seal, now: this.#deps.clock.now() };
  }
}
