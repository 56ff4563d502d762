import { LRUCache } from 'lru-cache';
import { Fault } from '../base/index.ts';
import { type Era, type Params, type Profile, profileKey, type ServerEntry } from '../mcp/index.ts';
import type { Status } from './breaker.ts';
import { Leg, type LegDeps } from './leg.ts';
import { type Eras, OWN_LEGACY, type Probed, probeLegacy, probeModern } from './probe.ts';
import { faultOf } from './reply.ts';
import { openSession, type UpstreamSession } from './session.ts';

const PROBE_MS = 10_000;
const SESSION_IDLE_MS = 60 * 60 * 1000;
const MAX_SESSIONS = 20_000;

/** Whose session: of one client session where there is one, and of the principal where the server keeps nothing. */
export type SessionOwner = {
  readonly principal: string;
  /** The client's own session, if it has one. */
  readonly session: string | undefined;
  readonly profile: Profile;
  readonly client: Params;
};

/** One server: its protocols, its sessions and the way there. */
export class Upstream {
  readonly entry: ServerEntry;
  readonly leg: Leg;
  #eras: Eras | undefined;
  #probing: Promise<Probed> | undefined;
  readonly #opening = new Map<string, Promise<UpstreamSession>>();
  readonly #sessions = new LRUCache<string, UpstreamSession>({
    max: MAX_SESSIONS,
    ttl: SESSION_IDLE_MS,
    ttlResolution: 60_000,
    updateAgeOnGet: true,
    dispose: (session, _key, reason) => {
      if (reason !== 'set') session.end(true);
    },
  });
  readonly #ownClient: Params;

  constructor(entry: ServerEntry, deps: LegDeps, ownClient: Params) {
    this.entry = entry;
    this.leg = new Leg(entry, deps);
    this.#ownClient = ownClient;
  }

  get status(): Status {
    return this.leg.status;
  }

  /** What was learnt last; undefined before the first probe that said something. */
  get eras(): Eras | undefined {
    return this.#eras;
  }

  speaks(era: Era): boolean {
    return this.#eras?.[era] !== undefined;
  }

  /** Learns which eras the server speaks; single-flight. A failure leaves what was known. */
  probe(): Promise<Probed> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probe(): Promise<Probed> {
    const { protocol } = this.entry;
    const modern =
      protocol === 'legacy'
        ? ({ kind: 'no' } as const)
        : await probeModern(this.leg, this.#ownClient, PROBE_MS);
    if (modern.kind === 'unknown') return modern;
    const options = { leg: this.leg, profile: OWN_LEGACY, client: this.#ownClient, ms: PROBE_MS };
    const legacy = protocol === 'modern' ? ({ kind: 'no' } as const) : await probeLegacy(options);
    if (legacy.kind === 'unknown' && modern.kind === 'no') return legacy;
    if ('session' in legacy && legacy.session) this.#keepOwn(legacy.session);
    const helloOf = (verdict: typeof modern | typeof legacy) =>
      verdict.kind === 'yes' ? verdict.hello : undefined;
    this.#eras = { modern: helloOf(modern), legacy: helloOf(legacy) };
    return { kind: 'known', eras: this.#eras };
  }

  /** The probe's own session serves the catalogue too: some servers end an older session when a new one opens. */
  #keepOwn(session: UpstreamSession): void {
    this.#keep(this.#keys(this.ownOwner(OWN_LEGACY)).shared, session);
  }

  /** The gateway itself as owner, for its own reading of lists. */
  ownOwner(profile: Profile): SessionOwner {
    return { principal: '', session: undefined, profile, client: this.#ownClient };
  }

  #keys(owner: SessionOwner): { readonly own: string | undefined; readonly shared: string } {
    const profile = profileKey(owner.profile);
    const principal = this.entry.stateless ? '*' : owner.principal;
    return {
      own: owner.session === undefined ? undefined : `s ${owner.session}`,
      shared: `p ${principal} ${profile}`,
    };
  }

  /** The open session of this owner, if there is one. */
  peek(owner: SessionOwner): UpstreamSession | undefined {
    const { own, shared } = this.#keys(owner);
    if (own !== undefined) {
      const session = this.#sessions.get(own);
      if (session) return session;
    }
    const session = this.#sessions.get(shared);
    // A session with an id belongs to one client session, never to another one of the same person.
    return session && (own === undefined || session.id === undefined) ? session : undefined;
  }

  /** The session of this owner, opened when there is none; single-flight. Faults: those of `faultOf`. */
  session(owner: SessionOwner): UpstreamSession | Promise<UpstreamSession> {
    const open = this.peek(owner);
    if (open && !open.isEnded) return open;
    const { own, shared } = this.#keys(owner);
    const key = own ?? shared;
    let opening = this.#opening.get(key);
    if (!opening) {
      opening = this.#openFor(owner).finally(() => this.#opening.delete(key));
      this.#opening.set(key, opening);
    }
    return opening;
  }

  async #openFor(owner: SessionOwner): Promise<UpstreamSession> {
    const { profile } = owner;
    // `clientInfo` needs a name and a version (lifecycle, "Initialization"); a client without a session said none.
    const client = owner.client.name && owner.client.version ? owner.client : this.#ownClient;
    const options = { leg: this.leg, profile, client, ms: this.entry.timeoutMs };
    let opened = await openSession(options);
    // A kept connection may turn out dead at its next use; a handshake can be sent again without harm.
    if (opened.kind === 'refused' && opened.reply.kind === 'failed' && opened.reply.failure === 'broken')
      opened = await openSession(options);
    if (opened.kind === 'refused') throw faultOf(opened.reply, this.entry.name);
    const { own, shared } = this.#keys(owner);
    this.#keep(own !== undefined && opened.session.id !== undefined ? own : shared, opened.session);
    return opened.session;
  }

  #keep(key: string, session: UpstreamSession): void {
    session.key = key;
    this.#sessions.set(key, session);
  }

  /** The server says that it does not know this session, or its socket is dead: the next call opens another. */
  forget(session: UpstreamSession): void {
    session.end(false);
    if (this.#sessions.peek(session.key) === session) this.#sessions.delete(session.key);
  }

  /** The client ended its session, so its session here ends too. */
  endClientSession(session: string): void {
    this.#sessions.delete(`s ${session}`);
  }

  /** Everything that belongs to this person ends. */
  endPrincipal(principal: string): void {
    for (const key of [...this.#sessions.keys()])
      if (key.startsWith(`p ${principal} `)) this.#sessions.delete(key);
  }

  close(): void {
    this.#sessions.clear();
  }

  requireEra(era: Era): void {
    if (this.#eras && !this.speaks(era))
      throw new Fault('era_unsupported', { data: { server: this.entry.name, mayHaveRun: false } });
  }
}
