import { ANONYMOUS, type Authenticator, asAsked, audiencesOf, challengeOf } from '../auth/index.ts';
import type { Fault, ServerName, UserId } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Live } from '../live/index.ts';
import type { Caller } from '../policy/index.ts';
import type { Place } from './place.ts';

export type Recognition = {
  /** Who calls, from headers alone. Throws `unauthorized` and `insufficient_scope`. */
  authenticate(authorization: string | undefined, place: Place): Caller | Promise<Caller>;
  /** `WWW-Authenticate` for such a fault. */
  challenge(fault: Fault, place: Place, exchange: Exchange): string;
};

type Deps = {
  readonly authenticator: Authenticator;
  readonly live: Live;
  readonly origin: () => string;
  /** The principal of requests without a credential, where none is demanded. */
  readonly anonymous: UserId | undefined;
};

const MAX_PLACES = 1000;

function serverOf(place: Place): ServerName | undefined {
  return place.kind === 'one' ? place.server : undefined;
}

function guestOf({ anonymous, live }: Deps): Caller | undefined {
  const snapshot = live.current();
  const user = anonymous && snapshot.users.get(anonymous);
  if (!user || user.disabled) return undefined;
  return {
    principal: user.id,
    name: user.name,
    isAdmin: false,
    client: ANONYMOUS,
    credential: { kind: 'open', id: ANONYMOUS, expiresAt: undefined },
    scopes: ['mcp'],
    grants: snapshot.grants.get(user.id) ?? new Set(),
  };
}

/** Recognises the callers of MCP endpoints: by credential, or as `anonymous` where none is demanded. */
export function createRecognition(deps: Deps): Recognition {
  const audiences = new Map<ServerName | undefined, readonly string[]>();
  const audienceOf = (server: ServerName | undefined): readonly string[] => {
    const known = audiences.get(server);
    if (known) return known;
    const found = audiencesOf(deps.origin(), server);
    if (audiences.size < MAX_PLACES) audiences.set(server, found);
    return found;
  };
  return {
    authenticate(authorization, place) {
      const guest = authorization === undefined ? guestOf(deps) : undefined;
      const server = serverOf(place);
      return (
        guest ?? deps.authenticator.authenticate(authorization, { audience: audienceOf(server), server })
      );
    },
    challenge: (fault, place, exchange) =>
      challengeOf(fault, asAsked(deps.origin(), header(exchange.request, 'host')), serverOf(place)),
  };
}
