import type { Clock, KeyId } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { ApiKeyUse, Store } from '../store/index.ts';

const EVERY_MS = 15_000;

export type KeyUse = {
  /** A use that is no MCP request. */
  note(id: KeyId, address: string): void;
  close(): Promise<void>;
};

type Deps = {
  readonly ledger: Pick<Ledger, 'onEntry'>;
  readonly store: Pick<Store, 'noteKeyUse'>;
  readonly clock: Clock;
  readonly onProblem: (problem: unknown) => void;
};

/** Access tokens have ids of another form. */
const isKeyId = (id: string) => id.length === 8 || id.startsWith('fixed-');

/** Writes down when and from where API keys were last used: gathered beside the path, in one go now and then. */
export function followKeyUse({ ledger, store, clock, onProblem }: Deps): KeyUse {
  const uses = new Map<string, ApiKeyUse>();
  const release = ledger.onEntry(({ credential, at, address }) => {
    if (credential !== undefined && isKeyId(credential))
      uses.set(credential, { id: credential as KeyId, at, address });
  });
  const flush = async () => {
    const taken = [...uses.values()];
    uses.clear();
    if (taken.length > 0) await store.noteKeyUse(taken).catch(onProblem);
  };
  const timer = setInterval(() => void flush(), EVERY_MS);
  timer.unref();
  return {
    note: (id, address) => void uses.set(id, { id, at: clock.now(), address }),
    close: async () => {
      clearInterval(timer);
      release();
      await flush();
    },
  };
}
