import type { Params, Profile } from '../mcp/index.ts';

/** Whose session: of one client session where there is one, and of the principal where the server keeps nothing. */
export type SessionOwner = {
  readonly principal: string;
  /** The client's own session, if it has one. */
  readonly session: string | undefined;
  readonly profile: Profile;
  readonly client: Params;
};
