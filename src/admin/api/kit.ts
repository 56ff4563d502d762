import type { IncomingMessage } from 'node:http';
import type { Audits } from '../../auditor/index.ts';
import type {
  Authenticator,
  BlockedAddresses,
  BrowserSessions,
  ConnectLinks,
  Links,
  Mint,
  PasswordCheck,
  PasswordPolicy,
  Passwords,
} from '../../auth/index.ts';
import type { Clock, KeyId, ServerName, UserId } from '../../base/index.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { Config } from '../../config/index.ts';
import type { Egress } from '../../http/index.ts';
import type { Feed, Ledger, Retention } from '../../ledger/index.ts';
import type { Live } from '../../live/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import type { Store } from '../../store/index.ts';
import type { Connections, HealthWatch, Upstreams } from '../../upstream/index.ts';
import type { Tried } from '../servers/prober.ts';
import type { Turns } from './turns.ts';

/** What operations of the API work with. */
export type ApiKit = {
  readonly authenticator: Authenticator;
  readonly sessions: BrowserSessions;
  readonly passwords: Passwords;
  readonly passwordPolicy: () => PasswordPolicy;
  readonly checkPassword: PasswordCheck;
  readonly links: Links;
  /** Addresses from which nobody signs in for a while. */
  readonly blocked: BlockedAddresses;
  readonly mint: Mint;
  readonly noteKeyUse: (id: KeyId, address: string) => void;
  readonly store: Store;
  readonly live: Live;
  readonly ledger: Ledger;
  /** What happens, for whoever reads along. */
  readonly feed: Feed;
  readonly retention: Pick<Retention, 'run'>;
  readonly clock: Clock;
  /** As it was at the start, and as it is now. */
  readonly config: Config;
  readonly configNow: () => Config;
  readonly egress: Egress;
  readonly upstreams: Upstreams;
  readonly catalogue: Catalogue;
  readonly health: HealthWatch;
  /** Which server gave a person a link to a URI that nobody lists. */
  readonly linked: (person: UserId, uri: string) => ServerName | undefined;
  /** Accounts at servers, and the pages where people connect them. */
  readonly connections: Connections;
  readonly connectLinks: ConnectLinks;
  /** Asks a server what it speaks and offers, beside everything that runs. */
  readonly tryServer: (entry: ServerEntry) => Promise<Tried>;
  /** Looks at servers for what is wrong with their security. */
  readonly audits: Audits;
  readonly inTurn: Turns;
  readonly origin: () => string;
  /** What an operation threw that has no name. */
  readonly onDefect: (thrown: unknown, requestId: string | undefined) => void;
  /** The address that counts for limits: the peer's, or what a trusted proxy says. */
  readonly addressOf: (incoming: IncomingMessage) => string;
};
