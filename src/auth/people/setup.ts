import { type Clock, Secret, uuidv7 } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type Buckets, createBuckets } from '../../shared/index.ts';
import type { NewUser, Store, User } from '../../store/index.ts';
import type { BlockedAddresses } from '../login/blocked-addresses.ts';
import { hashLinkToken, makeLinkToken } from './link-token.ts';

export type SetupLink = {
  /** Holds the token in its fragment, which no server and no log ever sees. */
  readonly url: Secret;
  readonly expiresAt: number;
};

export type SetupDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly origin: () => string;
  /** Who hears of wrong tokens and of the administrator that was made. */
  readonly ledger?: Pick<Ledger, 'event'>;
  /** Without it no address is kept out. */
  readonly blocked?: BlockedAddresses;
};

export type SetupOutcome = User | 'wrong_token' | 'too_many' | 'exists' | 'name_taken';

type Described = Omit<NewUser, 'role'>;

export type Setup = {
  /** Replaces the link before it. */
  newLink(): Promise<SetupLink>;
  /** The first administrator, once, for whoever holds the token. Ten wrong tokens per address end the trying. */
  createAdmin(token: Secret, describe: () => Promise<Described>, address: string): Promise<SetupOutcome>;
  isWaiting(): Promise<boolean>;
};

const TTL_MS = 30 * 60_000;
const WRONG_ONES = 10;

async function newLink({ store, clock, origin }: SetupDeps): Promise<SetupLink> {
  const token = makeLinkToken();
  const expiresAt = clock.now() + TTL_MS;
  await store.putSetupToken(hashLinkToken(token), expiresAt);
  return { url: new Secret(`${origin()}/setup#${token}`), expiresAt };
}

/** Only who holds the token costs a hash. The administrator comes first and the token goes after: a name that is taken costs nobody the link. */
async function createAdmin(
  deps: SetupDeps,
  { token, address }: { readonly token: Secret; readonly address: string },
  describe: () => Promise<Described>,
): Promise<SetupOutcome> {
  const hash = hashLinkToken(token.reveal());
  const now = deps.clock.now();
  if (!(await deps.store.hasSetupToken(hash, now))) return 'wrong_token';
  const made = await deps.store.createFirstAdmin({ ...(await describe()), role: 'admin' }, now);
  if (typeof made === 'string') return made;
  await deps.store.takeSetupToken(hash, now);
  const [action, target, after] = ['user.create', made.name, '{"role":"admin"}'];
  await deps.store.addAudit({
    id: uuidv7(now),
    at: now,
    actor: 'setup',
    address,
    action,
    target,
    before: undefined,
    after,
  });
  return made;
}

async function tryOnce(
  { wrong, blocked }: { readonly wrong: Buckets; readonly blocked: SetupDeps['blocked'] },
  address: string,
  work: () => Promise<SetupOutcome>,
): Promise<SetupOutcome> {
  if (blocked?.isBlocked(address) || !wrong.take(address).ok) return 'too_many';
  const outcome = await work();
  if (outcome !== 'wrong_token') wrong.give(address);
  return outcome;
}

function note(outcome: SetupOutcome, address: string, { ledger, blocked }: SetupDeps): void {
  const door = 'setup';
  if (outcome === 'too_many') blocked?.block(address);
  if (outcome === 'wrong_token')
    ledger?.event({ type: 'auth_failed', severity: 'medium', address, detail: { door } });
  if (outcome === 'too_many')
    ledger?.event({ type: 'brute_force', severity: 'high', address, detail: { door, of: 'address' } });
  if (typeof outcome === 'string') return;
  const detail = { door, action: 'user.create', target: outcome.name, role: outcome.role };
  ledger?.event({ type: 'admin_action', severity: 'medium', principal: outcome.id, address, detail });
}

/** The one-time link by which the first administrator is made: 130 bits, half an hour, kept as a hash. */
export function createSetup(deps: SetupDeps): Setup {
  const wrong = createBuckets({
    capacity: WRONG_ONES,
    refillPerSecond: (WRONG_ONES * 1000) / TTL_MS,
    clock: deps.clock,
  });
  return {
    newLink: () => newLink(deps),
    createAdmin: async (token, describe, address) => {
      const outcome = await tryOnce({ wrong, blocked: deps.blocked }, address, () =>
        createAdmin(deps, { token, address }, describe),
      );
      note(outcome, address, deps);
      return outcome;
    },
    isWaiting: async () => (await deps.store.listUsers()).every(user => user.role !== 'admin'),
  };
}
