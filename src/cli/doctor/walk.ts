import { cut, printable } from '../../base/index.ts';
import { createEgress, type Egress } from '../../http/index.ts';
import { createAsk } from './asking.ts';
import { HOPS, type Hop, type Line, markOf, type Probe, type Problem, Stop } from './hops.ts';
import { awaitCallback, lookAtPage, signInOf } from './oauth/authorize.ts';
import { callFirst } from './oauth/call.ts';
import { cleanUp } from './oauth/clean-up.ts';
import { introduce, type Wishes } from './oauth/client.ts';
import { knock } from './oauth/knock.ts';
import type { Made } from './oauth/made.ts';
import { findResource, type Resource } from './oauth/resource.ts';
import { findServer, type Server } from './oauth/server.ts';
import { exchange, refresh } from './oauth/token.ts';

export type WalkOptions = {
  readonly url: URL;
  readonly wishes: Wishes;
  readonly scope: string | undefined;
  /** How long the browser is waited for; 0: not at all. */
  readonly waitMs: number;
  /** Ends the waiting, so that what was made is taken back. */
  readonly signal: AbortSignal;
  /** Whether to register and sign in although something before is broken. */
  readonly keepsGoing: boolean;
  /** How long each hop may take. */
  readonly hopMs: number;
  readonly agent: string;
  onLine(line: Line): void;
  /** The address that a person has to open. */
  onSignIn(url: string): void;
};

const SEEN_LENGTH = 300;

/** What the other side wrote, safe to print and not too long. */
function shown(text: string): string {
  return printable(cut(text, SEEN_LENGTH));
}

/** One walk from an address to the first call, as a client goes it, and what was seen at each hop. */
class Walk {
  readonly #options: WalkOptions;
  readonly #egress: Egress;
  readonly lines: Line[] = [];

  constructor(options: WalkOptions, egress: Egress) {
    this.#options = options;
    this.#egress = egress;
  }

  get isBroken(): boolean {
    return this.lines.some(({ mark }) => mark === 'BROKEN');
  }

  /** Does the work of one hop within its time and writes down how it went; a Stop goes on to the caller. */
  async hop<T>(hop: Hop, work: (probe: Probe) => Promise<T>): Promise<T> {
    const facts: string[] = [];
    const problems: Problem[] = [];
    const tell: Probe['tell'] = (name, seen) =>
      void problems.push({ name, seen: seen === undefined ? undefined : shown(seen) });
    const { hopMs, agent } = this.#options;
    const egress = this.#egress;
    const probe: Probe = {
      ask: createAsk({ egress, agent, until: performance.now() + hopMs }),
      classOf: host => egress.classOf(host),
      fact: text => void facts.push(shown(text)),
      tell,
    };
    try {
      return await work(probe);
    } catch (error) {
      if (error instanceof Stop) tell(error.problem.name, error.problem.seen);
      throw error;
    } finally {
      this.#write({ hop, mark: markOf(problems), facts, problems });
    }
  }

  /** The hops that were not gone. */
  skipRest(): void {
    const gone = new Set(this.lines.map(({ hop }) => hop));
    for (const hop of HOPS)
      if (!gone.has(hop) && hop !== 'clean-up')
        this.#write({ hop, mark: 'skipped', facts: [], problems: [] });
  }

  #write(line: Line): void {
    this.lines.push(line);
    this.#options.onLine(line);
  }
}

/** Every hop of OAuth for an MCP endpoint. */
export async function walkOAuth(options: WalkOptions): Promise<readonly Line[]> {
  const egress = createEgress();
  const walk = new Walk(options, egress);
  const made: Made = { tokens: [] };
  let server: Server | undefined;
  try {
    const found = await discover(walk, options);
    server = found.server;
    if (options.keepsGoing || !walk.isBroken) await signIn(walk, options, found, made);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  } finally {
    walk.skipRest();
    await walk.hop('clean-up', probe => cleanUp(probe, server, made)).catch(ignoreStop);
    await made.listener?.close();
    await egress.close();
  }
  return walk.lines;
}

/** It is in the lines already. */
function ignoreStop(error: unknown): void {
  if (!(error instanceof Stop)) throw error;
}

type Discovered = {
  readonly resource: Resource;
  readonly server: Server;
  readonly scope: string | undefined;
};

async function discover(walk: Walk, { url, scope }: WalkOptions): Promise<Discovered> {
  const door = await walk.hop('challenge', probe => knock(probe, url));
  const resource = await walk.hop('resource', probe => findResource(probe, url, door));
  const server = await walk.hop('server', probe => findServer(probe, resource.issuer));
  return { resource, server, scope: scope ?? scopeOf(door.scope, resource, server) };
}

/** As MCP says: what the challenge asks for, else all that the resource knows; and offline_access where it is offered. */
function scopeOf(asked: string | undefined, resource: Resource, server: Server): string | undefined {
  const scope = asked ?? resource.scopes?.join(' ');
  if (scope === undefined || scope === '') return undefined;
  const isOffered = server.scopes.includes('offline_access') && !scope.split(' ').includes('offline_access');
  return isOffered ? `${scope} offline_access` : scope;
}

async function signIn(walk: Walk, options: WalkOptions, found: Discovered, made: Made): Promise<void> {
  const { server, resource, scope } = found;
  const client = await walk.hop('client', probe => introduce(probe, server, options.wishes, made));
  const asked = signInOf({ server, client, resource, scope });
  await walk.hop('authorize', probe => lookAtPage(probe, asked));
  const { listener } = made;
  if (options.waitMs === 0 || !listener) return;
  const code = await walk.hop('callback', probe => {
    options.onSignIn(asked.url.href);
    return awaitCallback(probe, asked, server, { listener, ms: options.waitMs, signal: options.signal });
  });
  const counter = { server, client, resource, made };
  const tokens = await walk.hop('token', probe => exchange(probe, counter, asked, code));
  await walk.hop('call', probe => callFirst(probe, { url: options.url, token: tokens.access }));
  const used = tokens.refresh;
  if (used) await walk.hop('refresh', probe => refresh(probe, counter, used));
}
