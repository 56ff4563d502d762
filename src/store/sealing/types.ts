import type { Sealing } from '../../base/index.ts';

/** What is sealed for: each purpose has keys of its own. */
export type Purpose = 'credentials' | 'oauth' | 'connections' | 'signing';

/** How the data keys stand. `unreadable`: wrapped by a master secret that is neither the present nor the former one. */
export type DataKeyState = {
  readonly current: string;
  readonly ids: readonly string[];
  readonly unreadable: number;
};

/** `resealed`: what was sealed anew. `unreadable`: what no key at hand opens; it is left as it is. */
export type Resealed = { readonly resealed: number; readonly unreadable: number };

/** What rests in the store is sealed by these. */
export type DataKeyStore = {
  readonly state: DataKeyState;
  sealFor(purpose: Purpose): Sealing;
  /** A new key; everything is sealed anew by it, and keys that seal nothing any more go. `now` in milliseconds. */
  rotate(now: number): Promise<Resealed>;
};
