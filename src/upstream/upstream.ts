import { Fault } from '../base/index.ts';
import { type Era, type Params, type Profile, profileKey, type ServerEntry } from '../mcp/index.ts';
import type { Status } from './breaker.ts';
import { KnownEras } from './entry/known-eras.ts';
import { Restarts } from './entry/restarts.ts';
import { type OwnSession, ownSession } from './health/own-session.ts';
import type { Part } from './health/parts.ts';
import { Hearing, type Listener } from './hearing/hearing.ts';
import { refuseQuestion } from './hearing/refuse-question.ts';
import {
  ListenSubscriptions,
  type OnUpdated,
  SessionSubscriptions,
  type Subscribed,
} from './hearing/subscriptions.ts';
import type { Hello } from './hello.ts';
import { Leg, type LegDeps } from './leg.ts';
import type { SessionOwner } from './owner.ts';
import { type Eras, modernMeta, OWN_LEGACY, type Probed } from './probe.ts';
import { faultOf } from './reply.ts';
import { Seats } from './seats.ts';
import { keptSessions, openSession, type UpstreamSession } from './session.ts';

/** One server: its protocols, its sessions and the way there. */
export class Upstream {
  readonly #onRestart: () => void;
  readonly #restarts: Restarts;
  #readers = 0;
  readonly entry: ServerEntry;
  readonly leg: Leg;
  readonly seats: Seats;

  readonly #known: KnownEras;
  readonly #opening = new Map<string, Promise<UpstreamSession>>();
  readonly #sessions = keptSessions();
  readonly #ownClient: Params;
  readonly #hearing = new Hearing({
    reopen: owner => this.#reopen(owner),
    forget: session => (session.principal === '' ? session.lose() : this.forget(session)),
    onUntaken: refuseQuestion,
  });
  readonly #subscriptions: SessionSubscriptions;
  readonly #listening: ListenSubscriptions;

  constructor(entry: ServerEntry, deps: LegDeps, ownClient: Params) {
    this.entry = entry;
    this.#onRestart = deps.onRestart;
    this.leg = new Leg(entry, deps);
    this.#restarts = new Restarts(this.leg, deps.clock);
    this.seats = new Seats(entry.name);
    this.#ownClient = ownClient;
    const own = this.ownOwner(OWN_LEGACY);
    this.#known = new KnownEras(this.leg, {
      client: ownClient,
      // The probe's own session serves the catalogue too: some servers end an older session when a new one opens.
      onFound: ({ eras, session }) => {
        if (session) this.#keep(this.#keys(own).shared, session);
        this.#restarts.see(eras.legacy);
      },
      own: () => this.#ownSession(),
    });
    this.#subscriptions = new SessionSubscriptions({
      ms: entry.timeoutMs,
      current: key => this.#sessions.get(key),
      hear: (owner, listener) => this.hear(owner, listener),
    });
    this.#listening = new ListenSubscriptions(this.leg, () => modernMeta(0, ownClient));
  }

  get status(): Status {
    return this.#known.status;
  }

  /** The server's name, or what tells one person's account there from others'. */
  get key(): string {
    return this.leg.key;
  }

  /** What was learnt last; undefined before the first probe that said something. */
  get eras(): Eras | undefined {
    return this.#known.eras;
  }

  speaks(era: Era): boolean {
    return this.#known.eras?.[era] !== undefined;
  }

  /** Learns which eras the server speaks; single-flight. A failure leaves what was known. */
  probe(wantsLegacy = false): Promise<Probed> {
    return this.#known.probe(wantsLegacy);
  }

  /** Whether it speaks the modern revision, and nobody has needed to know if it speaks an older one too. */
  get isLegacyUnasked(): boolean {
    return this.#known.isLegacyUnasked;
  }

  /** Learns that as well, now and with each later probe: a client of 2025 is there. */
  probeLegacy(): Promise<Probed> {
    return this.#known.probeLegacy();
  }

  /** Lends the gateway's own session. Over a pipe it ends with its last reader: no process waits for the next time. */
  async lend<T>(profile: Profile, work: (session: UpstreamSession) => Promise<T>): Promise<T> {
    this.#readers++;
    try {
      return await work(await this.session(this.ownOwner(profile)));
    } finally {
      if (--this.#readers === 0 && this.leg.isPiped) this.endPrincipal('');
    }
  }

  /** The gateway itself as owner, for its own reading of lists. */
  ownOwner(profile: Profile): SessionOwner {
    return { principal: '', session: undefined, profile, client: this.#ownClient };
  }

  #keys(owner: SessionOwner): { readonly own: string | undefined; readonly shared: string } {
    const profile = this.#isForAll ? '' : profileKey(owner.profile);
    const principal = this.entry.stateless ? '*' : owner.principal;
    // A program is started once for a person and profile, unless it keeps what one client session must not see.
    const isOfSession = !this.leg.isPiped || this.entry.stateful === true;
    return {
      own: owner.session === undefined || !isOfSession ? undefined : `s ${owner.session}`,
      shared: `p ${principal} ${profile}`,
    };
  }

  /** One pipe for everybody. Nobody could tell whose question it asks, so it is told that nobody can be asked. */
  get #isForAll(): boolean {
    return this.leg.isPiped && this.entry.stateless;
  }

  /** The open session of this owner, if there is one. */
  peek(owner: SessionOwner): UpstreamSession | undefined {
    const { own, shared } = this.#keys(owner);
    if (own !== undefined) {
      const session = this.#alive(own);
      if (session) return session;
    }
    const session = this.#alive(shared);
    // A session with an id belongs to one client session, never to another one of the same person.
    return session && (own === undefined || session.id === undefined) ? session : undefined;
  }

  #alive(key: string): UpstreamSession | undefined {
    const session = this.#sessions.get(key);
    return session && this.leg.knows(session.id) ? session : undefined;
  }

  /** The session of this owner, opened when there is none; single-flight. Faults: those of `faultOf`. */
  session(owner: SessionOwner): UpstreamSession | Promise<UpstreamSession> {
    const open = this.peek(owner);
    if (open && !open.isEnded && !open.isLost) return open.checking?.then(() => this.session(owner)) ?? open;
    const { own, shared } = this.#keys(owner);
    const key = own ?? shared;
    let opening = this.#opening.get(key);
    if (!opening) {
      opening = this.#openFor(owner).finally(() => this.#opening.delete(key));
      this.#opening.set(key, opening);
    }
    return opening;
  }

  #ownSession(): Promise<OwnSession> {
    return ownSession(this.peek(this.ownOwner(OWN_LEGACY)), this.#sessions.values());
  }

  /** The gateway listens for changes of lists; that is not worth the session of somebody who calls. */
  async #reopen(owner: SessionOwner): Promise<UpstreamSession> {
    const own = owner.principal === '' ? await this.#ownSession() : undefined;
    if (own?.kind === 'replaced') throw this.#refused(own.reply);
    return this.session(owner);
  }

  async #openFor(owner: SessionOwner): Promise<UpstreamSession> {
    const profile = this.#isForAll ? OWN_LEGACY : owner.profile;
    // `clientInfo` needs a name and a version (lifecycle, "Initialization"); a client without a session said none.
    const isNamed = owner.client.name && owner.client.version && !this.#isForAll;
    const client = isNamed ? owner.client : this.#ownClient;
    const options = { leg: this.leg, profile, client, ms: this.entry.timeoutMs };
    let opened = await openSession(options);
    // A kept connection may turn out dead at its next use; a handshake can be sent again without harm.
    const isBroken =
      opened.kind === 'refused' && opened.reply.kind === 'failed' && opened.reply.failure === 'broken';
    if (isBroken && !this.leg.isPiped) opened = await openSession(options);
    if (opened.kind === 'refused') throw this.#refused(opened.reply);
    const { own, shared } = this.#keys(owner);
    this.#keep(own !== undefined && opened.session.id !== undefined ? own : shared, opened.session);
    opened.session.principal = owner.principal;
    if (owner.principal !== '') this.#noteRestart(opened.session.hello);
    return opened.session;
  }

  /** A server that is down says why and since when. */
  #refused(reply: Parameters<typeof faultOf>[0]): Fault {
    const fault = faultOf(reply, this.entry.name);
    if (fault.fault !== 'upstream_unreachable') return fault;
    return new Fault(fault.fault, { data: { ...fault.data, ...this.leg.trouble } });
  }

  #noteRestart(hello: Hello): void {
    if (!this.eras || !this.#restarts.isOther(hello)) return;
    this.#restarts.see(hello);
    // The gateway's own process is as old as the one that ended.
    this.endPrincipal('');
    this.#onRestart();
  }

  /** How many are open at the server. */
  get sessions(): number {
    return this.#sessions.size;
  }

  #keep(key: string, session: UpstreamSession): void {
    session.key = key;
    this.#sessions.set(key, session);
    this.#hearing.opened(session);
    void this.#subscriptions.restore(session);
  }

  /** Listens to what the owner's sessions say by themselves, whenever one is open. Returns the way to stop. */
  hear(owner: SessionOwner, listener: Listener): () => void {
    const { own, shared } = this.#keys(owner);
    const keys = own === undefined ? [shared] : [own, shared];
    const stops = keys.map(key => this.#hearing.hear(key, owner, listener, this.#sessions.get(key)));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Resolves when what the session says by itself is heard, or cannot be; at most a second. */
  ready(session: UpstreamSession): Promise<void> {
    return this.#hearing.ready(session);
  }

  /** Listens to changes of one resource, by the server's own URI. Faults: those of `session`. */
  async subscribe(owner: SessionOwner, uri: string, onUpdated: OnUpdated): Promise<Subscribed> {
    if (owner.profile.era === 'modern') return this.#listening.subscribe(uri, onUpdated);
    return this.#subscriptions.subscribe(owner, await this.session(owner), uri, onUpdated);
  }

  /** The server told of a changed resource among the messages of a call. */
  updated(session: UpstreamSession, uri: string): void {
    this.#subscriptions.updated(session, uri);
  }

  /** The server says that it does not know this session, or its socket is dead: the next call opens another. */
  forget(session: UpstreamSession): void {
    session.end(false);
    if (this.#sessions.peek(session.key) === session) this.#sessions.delete(session.key);
  }

  /** A call of it had no answer in time. The next one waits until it is known whether the session is lost. */
  suspect(session: UpstreamSession | undefined, part: Part | undefined): void {
    this.leg.vitals.failed('timeout', part);
    if (session?.id === undefined || this.leg.isPiped) return;
    session.check(this.entry.timeoutMs, () => this.forget(session));
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

  /** People whose right has ended leave no session behind; what everybody shares stays. */
  recheck(mayUse: (principal: string) => boolean): void {
    for (const [key, { principal }] of [...this.#sessions])
      if (principal !== '' && !key.startsWith('p * ') && !mayUse(principal)) this.#sessions.delete(key);
  }

  /** Calls that run over pipes may still end. */
  close(): void {
    this.#hearing.close();
    this.#listening.close();
    if (this.leg.isPiped) for (const session of this.#sessions.values()) session.end(false);
    this.#sessions.clear();
    this.leg.close();
  }

  /** What the server said of itself, in whatever era. */
  get hello(): Hello | undefined {
    return this.eras?.modern ?? this.eras?.legacy;
  }
}
