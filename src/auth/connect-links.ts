import {
  type Clock,
  deriveKey,
  randomToken,
  Seal,
  type Secret,
  type ServerName,
  type UserId,
} from '../base/index.ts';

/** Who may connect an account at which server by a link. */
export type ConnectLink = {
  readonly person: UserId;
  readonly server: ServerName;
  /** By which a client that was given the link knows it again. */
  readonly id: string;
  /** The page of this gateway from which it was begun; none where a call led there. */
  readonly back?: string | undefined;
};

const LIFE_MS = 10 * 60_000;
const PATH = '/connect/';

/**
 * Links to the gateway's own page on which a person connects an account at a server. They say nothing to whoever reads
 * them, any process can open them, and they are good for ten minutes and for one person.
 */
export class ConnectLinks {
  readonly #seal: Seal;
  readonly #clock: Clock;
  readonly #origin: () => string;

  constructor(master: Secret, clock: Clock, origin: () => string) {
    this.#seal = new Seal(deriveKey(master, 'connect-link'), 'k1');
    this.#clock = clock;
    this.#origin = origin;
  }

  /** `back` is where the browser goes when the account is there, or is not wanted after all. */
  make(person: UserId, server: ServerName, back?: string): { readonly url: string; readonly id: string } {
    const id = randomToken(16);
    const text = JSON.stringify([person, server, id, this.#clock.now() + LIFE_MS, back]);
    return { url: `${this.#origin()}${PATH}${this.#seal.close(text)}`, id };
  }

  /** Undefined for one that was not made here, or expired. */
  open(token: string): ConnectLink | undefined {
    const plain = token.length > 1024 ? undefined : this.#seal.open(token);
    if (!plain) return undefined;
    const [person, server, id, expiresAt, back] = JSON.parse(plain.toString('utf8'));
    return this.#clock.now() < expiresAt ? { person, server, id, back: back ?? undefined } : undefined;
  }
}
