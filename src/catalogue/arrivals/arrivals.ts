import { createHash } from 'node:crypto';
import { cut, printable, type ServerName } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type ListName, profileKey } from '../../mcp/index.ts';
import type { Definition } from '../definition.ts';
import type { Collision } from '../names.ts';
import { LIST_NAMES, type Offer } from '../offer.ts';
import { isOfAnyone, ownProfile, type Shelf } from '../reading/shelf.ts';
import { differenceOf } from './difference.ts';
import { examine, type Others, REASONS, type Suspicion, suspicionsIn } from './suspicions.ts';

type Detector = 'tool_changed' | 'definition_suspicious' | 'name_collision';

/** What can be kept from everybody. The name of what a server says of itself is the server's. */
export type Blockable = { readonly kind: 'tool' | 'prompt' | 'instructions'; readonly name: string };

/** What is done about definitions that changed or are not to be trusted, as the settings are now. */
export type Guarding = {
  attitude(detector: Detector): 'off' | 'log' | 'block';
  /** Keeps it from everybody until an administrator gives it to them again. */
  switchOff(server: ServerName, what: Blockable, why: Detector): Promise<void>;
};

type Deps = Guarding & { readonly ledger: Pick<Ledger, 'event'> };

type Kind = 'tool' | 'prompt' | 'resource' | 'template' | 'instructions';

const KIND: Readonly<Record<ListName, Kind>> = {
  tools: 'tool',
  prompts: 'prompt',
  resources: 'resource',
  resourceTemplates: 'template',
};

/** One definition beside what it was; undefined: it was, or is, not there. */
type Pair = {
  readonly kind: Kind;
  readonly name: string;
  readonly before: Definition | undefined;
  readonly now: Definition | undefined;
};

/** What one reading of a server says of itself: more than that is a server that became another one. */
const MOST_EVENTS = 50;
const MOST_FIELDS = 30;
const MOST_MARKS = 20;

const safe = (text: string) => cut(printable(text.toWellFormed()), 256);
const hashOf = (bytes: Buffer | undefined) =>
  bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/** What differs, but for what the server shows to somebody already: it was looked at then. */
function pairsOf(before: Offer | undefined, now: Offer, { offers }: Known): readonly Pair[] {
  // Which resources somebody has is theirs to know.
  const lists = LIST_NAMES.filter(list => list !== 'resources' || now.person === undefined);
  return lists.flatMap(list => {
    const was = new Map((before?.lists[list] ?? []).map(one => [one.key, one]));
    const is = new Map(now.lists[list].map(one => [one.key, one]));
    const known = new Set([...offers.values()].flatMap(one => one.lists[list].map(textOf)));
    const pairs = [...new Set([...was.keys(), ...is.keys()])].map(name => ({
      ...{ kind: KIND[list], name, before: was.get(name), now: is.get(name) },
    }));
    return pairs.filter(pair => (pair.now ? !known.has(textOf(pair.now)) : isOfAnyone(now)));
  });
}

const textOf = ({ bytes }: Definition) => bytes.toString('latin1');

/** What the same client was offered before; else any of its era, or whoever was shown something when nobody is now. */
function formerOf({ profile }: Offer, { offers, seen }: Known): Offer | undefined {
  const own = offers.get(profileKey(profile)) ?? offers.get(profileKey(ownProfile(profile.era)));
  return own ?? (offers.size === 0 ? seen : undefined);
}

const parsed = (one: Definition | undefined): unknown => one && JSON.parse(one.bytes.toString('utf8'));

/** A shelf of the catalogue. */
type Known = Pick<Shelf, 'offers' | 'seen'>;

type Arrival = {
  readonly before: Offer | undefined;
  readonly now: Offer;
  readonly others: Others;
  readonly pairs: readonly Pair[];
  /** Its instructions are others than those it gives to anybody so far. */
  readonly speaksAnew: boolean;
};

/** Resources are read by their own URI, and what they hold is not looked at here: there is nothing to withhold. */
function blockable({ kind, name }: { readonly kind: Kind; readonly name: string }): readonly Blockable[] {
  return kind === 'resource' || kind === 'template' ? [] : [{ kind, name }];
}

const keyOf = ({ kind, name }: Blockable): string => `${kind} ${name}`;

/** Looks at what servers offer when it arrives, before anybody is shown it. */
export class Arrivals {
  readonly #deps: Deps;
  /** What would have had the name of another's, and is to be kept from everybody before it is shown. */
  #collided: (readonly [ServerName, Blockable])[] = [];

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `known`: what the same server offers so far. What is new of a server that was never read has not changed. */
  async take(now: Offer, known: Known, others: Others): Promise<void> {
    await this.blockCollided();
    const before = formerOf(now, known);
    if (before?.hash === now.hash) return;
    const isSaid = [...known.offers.values()].some(one => one.hello.instructions === now.hello.instructions);
    const arrival = { before, now, others, pairs: pairsOf(before, now, known), speaksAnew: !isSaid };
    const suspicious = this.#deps.attitude('definition_suspicious') === 'off' ? [] : this.#examine(arrival);
    const changed =
      before && this.#deps.attitude('tool_changed') !== 'off' ? this.#compare(arrival, before) : [];
    // Each once, by the graver of the reasons for which it is to be blocked.
    const why = new Map<string, readonly [Detector, Blockable]>();
    const isBlocking = (detector: Detector) => this.#deps.attitude(detector) === 'block';
    if (isBlocking('tool_changed')) for (const one of changed) why.set(keyOf(one), ['tool_changed', one]);
    if (isBlocking('definition_suspicious'))
      for (const one of suspicious) why.set(keyOf(one), ['definition_suspicious', one]);
    for (const [detector, one] of why.values()) await this.#block(now.server, one, detector);
  }

  /** Its name is taken: it was given another one. */
  collided({ server, kind, original, wanted, given }: Collision): void {
    const action = this.#actionOn(kind, 'name_collision');
    const detail = { wanted, given, action };
    this.#deps.ledger.event({ type: 'name_collision', severity: 'medium', server, detail });
    for (const one of blockable({ kind, name: original })) this.#collided.push([server, one]);
  }

  async blockCollided(): Promise<void> {
    for (const [server, one] of this.#collided.splice(0)) await this.#block(server, one, 'name_collision');
  }

  async #block(server: ServerName, what: Blockable, detector: Detector): Promise<void> {
    if (this.#deps.attitude(detector) === 'block') await this.#deps.switchOff(server, what, detector);
  }

  /** Tells of definitions that are not to be trusted; gives what of them can be kept from everybody. */
  #examine({ now, others, pairs, speaksAnew }: Arrival): readonly Blockable[] {
    const found = pairs.flatMap(({ kind, name, before: was, now: is }) => {
      const marks = is ? examine(is, others, was) : [];
      return marks.length > 0 ? [{ kind, name, marks }] : [];
    });
    const { instructions } = now.hello;
    if (instructions !== undefined && speaksAnew) {
      const marks = suspicionsIn(instructions, others);
      if (marks.length > 0) found.push({ kind: 'instructions', name: now.server, marks });
    }
    for (const { kind, name, marks } of found.slice(0, MOST_EVENTS))
      this.#tellSuspicion(now.server, kind, { name, marks });
    return found.flatMap(blockable);
  }

  #tellSuspicion(
    server: ServerName,
    kind: Kind,
    { name, marks }: { readonly name: string; readonly marks: readonly Suspicion[] },
  ): void {
    this.#deps.ledger.event({
      type: 'definition_suspicious',
      severity: marks.some(({ reason }) => REASONS[reason] === 'high') ? 'high' : 'medium',
      server,
      detail: {
        ...{ kind, name: safe(name), reasons: [...new Set(marks.map(({ reason }) => reason))] },
        ...{ found: marks.slice(0, MOST_MARKS), action: this.#actionOn(kind, 'definition_suspicious') },
      },
    });
  }

  #actionOn(kind: Kind, detector: Detector): string {
    if (this.#deps.attitude(detector) !== 'block' || blockable({ kind, name: '' }).length === 0)
      return 'logged';
    return kind === 'instructions' ? 'withheld' : 'switched off';
  }

  /** Tells what has changed; gives what is other than before. New tools are a matter of `newTools`. */
  #compare({ now, pairs, speaksAnew }: Arrival, before: Offer): readonly Blockable[] {
    const { server } = now;
    for (const pair of pairs.slice(0, MOST_EVENTS)) this.#tellChange(server, pair);
    if (pairs.length > MOST_EVENTS)
      this.#event(server, 'medium', { kind: 'all', change: 'many', count: pairs.length });
    const [was, is] = [before.hello.instructions, now.hello.instructions];
    if (speaksAnew && was !== is) {
      const fields = differenceOf(was, is);
      const action = is === undefined ? 'logged' : this.#actionOn('instructions', 'tool_changed');
      this.#event(server, 'medium', {
        kind: 'instructions',
        name: server,
        change: 'changed',
        fields,
        action,
      });
    }
    const changed = pairs.filter(pair => pair.before && pair.now).flatMap(blockable);
    const speaks = speaksAnew && was !== is && is !== undefined;
    return speaks ? [...changed, { kind: 'instructions', name: server }] : changed;
  }

  #tellChange(server: ServerName, { kind, name, before, now }: Pair): void {
    const hashes = { before: hashOf(before?.bytes), after: hashOf(now?.bytes) };
    const what = { kind, name: safe(name), hashes };
    if (!before || !now) return this.#event(server, 'low', { ...what, change: now ? 'added' : 'removed' });
    const all = differenceOf(parsed(before), parsed(now));
    const fields = all.slice(0, MOST_FIELDS);
    const more = all.length - fields.length;
    const action = this.#actionOn(kind, 'tool_changed');
    this.#event(server, 'medium', { ...what, change: 'changed', fields, more, action });
  }

  #event(server: ServerName, severity: 'low' | 'medium', detail: Readonly<Record<string, unknown>>): void {
    this.#deps.ledger.event({ type: 'tool_changed', severity, server, detail });
  }
}
