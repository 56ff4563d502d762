import type { Params } from '../../../mcp/index.ts';
import { addressRule } from '../../pipe/ways.ts';
import { bindingOf, type OAuthEntry } from '../account.ts';
import type { ConnectionsDeps, Refusal } from '../types.ts';
import { type Challenge, readChallenge } from './challenge.ts';
import { discover, type Found } from './discover.ts';
import { probeChallenge } from './probe-challenge.ts';
import type { Way } from './way.ts';

/** A challenge that is older is asked for again: what a server wants may have changed. */
const FRESH_MS = 60_000;

export type Facts = Found & { readonly challenge: Challenge };

/** What servers said that they want, and what they publish about it. */
export class Learned {
  readonly #deps: ConnectionsDeps;
  readonly #way: Way;
  readonly #ms: number;
  readonly #client: Params;
  readonly #challenges = new Map<string, { readonly challenge: Challenge; readonly at: number }>();

  constructor(deps: ConnectionsDeps, way: Way, ms: number, client: Params) {
    this.#deps = deps;
    this.#way = way;
    this.#ms = ms;
    this.#client = client;
  }

  /** A server's answer to a real request. Only one to a missing or bad token says what all of it needs. */
  learn(entry: OAuthEntry, { status, challenge: field }: Refusal): Challenge {
    const challenge = readChallenge(field);
    if (status === 401) this.#challenges.set(bindingOf(entry), { challenge, at: this.#deps.clock.now() });
    return challenge;
  }

  forget(entry: OAuthEntry): void {
    this.#challenges.delete(bindingOf(entry));
  }

  async #challenge(entry: OAuthEntry): Promise<Challenge> {
    const known = this.#challenges.get(bindingOf(entry));
    if (known && this.#deps.clock.now() - known.at < FRESH_MS) return known.challenge;
    const { egress, isPrivateAllowed } = this.#deps;
    const { challenge } = await probeChallenge(entry, {
      ...addressRule(entry, isPrivateAllowed),
      egress,
      ms: this.#ms,
      client: this.#client,
    });
    return readChallenge(challenge);
  }

  /** Who gives tokens for the server, and for what. Throws OAuthTrouble. */
  async facts(entry: OAuthEntry): Promise<Facts> {
    const challenge = await this.#challenge(entry);
    return { ...(await discover(this.#way, entry, challenge)), challenge };
  }
}

/** What is asked for where nothing was agreed to yet (MCP 2026-07-28, "Scope Selection Strategy"). */
export function firstScopes({ auth }: OAuthEntry, { challenge, scopes }: Facts): readonly string[] {
  return auth.scopes ?? challenge.scopes ?? scopes ?? [];
}
