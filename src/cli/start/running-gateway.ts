import type { Config } from '../../config/index.ts';
import type { Log } from '../../ledger/index.ts';
import type { ActivityRow, Store } from '../../store/index.ts';

export type ServerStanding = {
  readonly name: string;
  readonly state: 'unknown' | 'ready' | 'down' | 'off';
  readonly since?: number | undefined;
  readonly reason?: string | undefined;
};

/** A gateway that listens, as the command line needs it. */
export type RunningGateway = {
  readonly port: number;
  readonly origin: string;
  readonly mcpUrl: string;
  readonly store: Store;
  servers(): readonly ServerStanding[];
  onEntry(listener: (row: ActivityRow) => void): () => void;
  close(): Promise<void>;
};

export type StartGateway = (config: Config, deps: { readonly log: Log }) => Promise<RunningGateway>;
