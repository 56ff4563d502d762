import { Fault, printable, type ServerName } from '../../base/index.ts';

/** Why a server cannot be connected to, said to people; never in the words of who refused. */
const SAYS = {
  forbidden: (who: string) => `its authorization server is at an address that is not allowed (${who})`,
  insecure: (who: string) => `its authorization server (${who}) does not use https`,
  unreachable: (who: string) => `${who} cannot be reached; try again later`,
  metadata: (who: string) => `the metadata of ${who} is missing or not valid`,
  resource: () => 'its metadata is that of another server',
  issuer: (who: string) => `the metadata of its authorization server names another issuer than ${who}`,
  pkce: (who: string) => `its authorization server (${who}) does not offer PKCE with S256`,
  no_client: (who: string) =>
    `${who} takes no new clients; an administrator has to register the gateway there and configure its client id`,
  registration: (who: string) => `${who} refused to register the gateway`,
  other_issuer: (who: string) =>
    `it names another authorization server than the one that its client id belongs to (now ${who}); an administrator has to look at that, and to name the issuer where it is right`,
  client: (who: string) => `${who} does not know the gateway by its client id and secret`,
  key: () => 'its private key cannot be used with its algorithm',
  refused: (who: string) => `${who} gave no token`,
} as const;

export type TroubleKind = keyof typeof SAYS;

/** A step of OAuth that did not work. `who`: host or issuer, from outside; no text of theirs. */
export class OAuthTrouble extends Error {
  override readonly name = 'OAuthTrouble';
  readonly kind: TroubleKind;
  readonly who: string;
  /** The error code of RFC 6749 section 5.2 that was the answer. */
  readonly code: string | undefined;

  constructor(kind: TroubleKind, who = 'the authorization server', code?: string) {
    super(`${kind}${code === undefined ? '' : ` ${code}`}`);
    this.kind = kind;
    this.who = printable(who).slice(0, 200);
    this.code = code;
  }
}

/** Trouble that passes by itself. */
function isPassing(error: unknown): boolean {
  return error instanceof OAuthTrouble && error.kind === 'unreachable';
}

/** What came of it, as a fault with one sentence for people. */
export function asFault(error: unknown, server: ServerName): unknown {
  if (!(error instanceof OAuthTrouble)) return error;
  const name = isPassing(error) ? 'upstream_unreachable' : 'upstream_refused';
  const says = `${server} cannot be connected: ${SAYS[error.kind](error.who)}`;
  return new Fault(name, { says, data: { server, reason: error.kind }, cause: error });
}
