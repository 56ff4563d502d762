import { change, type Db, touched } from './change.ts';

/** An address from which nobody signs in for a while, because an administrator said so. */
export type BlockedAddress = {
  /** What counts as one address: of IPv6 the network. */
  readonly network: string;
  /** As it was named. */
  readonly address: string;
  readonly blockedAt: number;
  /** As the audit log names them. */
  readonly blockedBy: string;
  readonly endsAt: number;
};

export type BlockedAddressStore = {
  /** Those that are not over. */
  list(now: number): Promise<readonly BlockedAddress[]>;
  /** Instead of what was said of the address before; what is over goes. */
  block(blocked: BlockedAddress): Promise<void>;
  unblock(network: string): Promise<boolean>;
};

export function createBlockedAddresses(db: Db): BlockedAddressStore {
  return {
    list: now =>
      db
        .selectFrom('blockedAddresses')
        .selectAll()
        .where('endsAt', '>', now)
        .orderBy('blockedAt', 'desc')
        .execute(),
    block: blocked =>
      change(db, async tx => {
        const old = tx
          .deleteFrom('blockedAddresses')
          .where(one =>
            one.or([one('network', '=', blocked.network), one('endsAt', '<=', blocked.blockedAt)]),
          );
        await old.execute();
        await tx.insertInto('blockedAddresses').values(blocked).execute();
      }),
    unblock: network =>
      change(db, async tx =>
        touched(await tx.deleteFrom('blockedAddresses').where('network', '=', network).executeTakeFirst()),
      ),
  };
}
