import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { Fault, type Secret } from '../base/index.ts';

export type Passwords = {
  /** argon2id in the PHC form. Throws `overloaded` when too many wait already. */
  hash(password: Secret): Promise<string>;
  /** `undefined` as the hash costs the same and is always false, so that nobody learns who exists. */
  verify(hash: string | undefined, password: Secret): Promise<boolean>;
  /** Whether the hash was made as they are made now; one that was not is made anew when its password comes by. */
  isUpToDate(hash: string): boolean;
};

export type PasswordLimits = { readonly atOnce: number; readonly waiting: number };

/** RFC 9106 section 4 leaves the cost to the operator; this is OWASP's first choice for 19 MiB. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const PREFIX = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;
const MOST_BYTES = 1024;
const RETRY_AFTER_MS = 2000;
/** argon2id of a random password that nobody knows, at the same cost. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$u0GSyLfTzlxDh4cFG3sGVQ$M1YwN4Pq1GtUlpO9l7dqkYcXTfPm8fM3b6bN2J4cVbA';

const PHC = /^\$argon2(?:id|i|d)\$v=\d+\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[\w+/.-]+\$[\w+/.-]+$/;
const MOST_MEMORY_KIB = 262_144;
const MOST_PASSES = 10;

/** What the reference kept: the crypt form, with 2 to the power of the cost rounds. */
const CRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
/** A second and a half of one core; the reference made them at 12. */
const MOST_BCRYPT_COST = 14;

/** A kind of hash that may have been made elsewhere; `isMine` holds only at a cost that one login may take. */
type Kind = {
  readonly isMine: (known: string) => boolean;
  readonly verify: (known: string, password: Buffer) => Promise<boolean>;
};

const ARGON2: Kind = {
  isMine: known => {
    const [, memory, passes] = PHC.exec(known) ?? [];
    return memory !== undefined && Number(memory) <= MOST_MEMORY_KIB && Number(passes) <= MOST_PASSES;
  },
  verify: (known, password) => verify(known, password),
};

const BCRYPT: Kind = {
  isMine: known => {
    const [, cost] = CRYPT.exec(known) ?? [];
    return cost !== undefined && Number(cost) <= MOST_BCRYPT_COST;
  },
  verify: (known, password) => verifyBcrypt(password, known),
};

const kindOf = (known: string | undefined) =>
  known === undefined ? undefined : [ARGON2, BCRYPT].find(kind => kind.isMine(known));

/** Whether a login could check a password against this hash: argon2 in the PHC form or bcrypt, at a bearable cost. */
export function isPasswordHash(text: string): boolean {
  return kindOf(text) !== undefined;
}

/** Hashing runs on libuv's pool, which also resolves names: it may never take the whole pool. */
function createTurnstile({ atOnce, waiting }: PasswordLimits) {
  const queue: (() => void)[] = [];
  let running = 0;
  const enter = async () => {
    if (running < atOnce) {
      running++;
      return;
    }
    if (queue.length >= waiting) throw new Fault('overloaded', { data: { retryAfterMs: RETRY_AFTER_MS } });
    await new Promise<void>(resolve => queue.push(resolve));
  };
  /** The turn passes to who waits longest, without ever being free in between. */
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else running--;
  };
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

function bytesOf(password: Secret): Buffer {
  return Buffer.from(password.reveal()).subarray(0, MOST_BYTES);
}

/** At most two hashes at a time, 64 wait, the rest is refused. */
export function createPasswords(limits: PasswordLimits = { atOnce: 2, waiting: 64 }): Passwords {
  const inTurn = createTurnstile(limits);
  return {
    hash: password => inTurn(() => hash(bytesOf(password), COST)),
    verify: async (known, password) => {
      const kind = kindOf(known);
      const hashed = kind && known ? known : NOBODY;
      const isRight = await inTurn(() =>
        (kind ?? ARGON2).verify(hashed, bytesOf(password)).catch(() => false),
      );
      return kind !== undefined && isRight;
    },
    isUpToDate: known => known.startsWith(PREFIX),
  };
}

export type PasswordPolicy = {
  readonly minLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireDigit: boolean;
  readonly requireSpecial: boolean;
};

export const DEFAULT_PASSWORD_POLICY: PasswordPolicy = {
  minLength: 8,
  requireUppercase: true,
  requireLowercase: true,
  requireDigit: true,
  requireSpecial: false,
};

/** The rules that a password breaks, each as what it lacks; empty when it may be used. */
export function brokenRules(
  password: Secret,
  policy: PasswordPolicy = DEFAULT_PASSWORD_POLICY,
): readonly string[] {
  const text = password.reveal();
  const rules: readonly (readonly [boolean, string])[] = [
    [[...text].length >= policy.minLength, `at least ${policy.minLength} characters`],
    [!policy.requireUppercase || /\p{Lu}/u.test(text), 'an upper-case letter'],
    [!policy.requireLowercase || /\p{Ll}/u.test(text), 'a lower-case letter'],
    [!policy.requireDigit || /\p{Nd}/u.test(text), 'a digit'],
    [!policy.requireSpecial || /[^\p{L}\p{N}\s]/u.test(text), 'a special character'],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, rule]) => rule);
}
