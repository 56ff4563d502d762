import { type Authenticator, asAsked, audiencesOf, challengeOf, rootOf } from '../auth/index.ts';
import type { Fault, ServerName } from '../base/index.ts';
import { type Exchange, header } from '../http/index.ts';
import type { Snapshot } from '../live/index.ts';
import type { Caller } from '../policy/index.ts';
import type { Place } from './place.ts';

export type Recognition = {
  /** Who calls, from headers alone. Throws `unauthorized` and `insufficient_scope`. */
  authenticate(authorization: string | undefined, place: Place): Caller | Promise<Caller>;
  /** Whether the person and the credential still count. */
  isCurrent(caller: Caller, snapshot: Snapshot): boolean;
  /** `WWW-Authenticate` for such a fault. */
  challenge(fault: Fault, place: Place, exchange: Exchange): string;
};

type Deps = {
  readonly authenticator: Authenticator;
  readonly origin: () => string;
};

const MAX_PLACES = 1000;

function serverOf(place: Place): ServerName | undefined {
  return place.kind === 'one' ? place.server : undefined;
}

/** Under the name by which the client called, which it compares with what it is told. */
function askedOf(place: Place): ServerName | undefined {
  return place.kind === 'one' ? (place.asked ?? place.server) : undefined;
}

/** Recognises the callers of MCP endpoints by their credential. */
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
      const server = serverOf(place);
      return deps.authenticator.authenticate(authorization, { audience: audienceOf(server), server });
    },
    isCurrent: (caller, snapshot) => deps.authenticator.isCurrent(caller, snapshot),
    challenge: (fault, place, { request, path }) => {
      const origin = asAsked(deps.origin(), header(request, 'host'));
      return challengeOf(fault, origin, askedOf(place), rootOf(path));
    },
  };
}
