import type { ServerName } from '../base/index.ts';
import {
  hasLiteralScheme,
  isObject,
  type ListName,
  META,
  matchesTemplate,
  type Params,
  type Profile,
  type ServerEntry,
  type TargetKind,
} from '../mcp/index.ts';
import { type Rights, scopeOf } from '../policy/index.ts';
import { isConnectTool } from './accounts/connect-tool.ts';
import { type Accounts, offerTo } from './accounts/offer-to.ts';
import { bridged } from './bridged.ts';
import type { Catalogue } from './catalogue.ts';
import { type Definition, withApp } from './definition.ts';
import type { Names } from './names.ts';
import { LIST_NAMES, type Offer } from './offer.ts';
import { type Page, pageOf } from './paging.ts';
import { readServerUri, serverUri } from './server-uri.ts';
import { itemOf, listedTarget, type Target, targetOf } from './target.ts';

/** Whose names are whose, and what is offered by which key. */
export type Offering = {
  readonly names: Pick<Names, 'owner' | 'unlistedOwner' | 'exposed'>;
  readonly offer: Catalogue['offer'];
};

const KIND_OF: Readonly<Partial<Record<ListName, TargetKind>>> = {
  tools: 'tool',
  prompts: 'prompt',
  resources: 'resource',
};
const MAX_INSTRUCTIONS = 8 * 1024;

type Offered = { readonly entry: ServerEntry; readonly offer: Offer };
type Listed = { readonly exposed: string; readonly definition: Definition; readonly entry: ServerEntry };

export type ViewOf = {
  /** `all`: many servers behind one endpoint, with exposed names; else one server with its own names. */
  readonly endpoint: 'all' | ServerName;
  /** The servers that the caller may use, in order. */
  readonly servers: readonly ServerEntry[];
  readonly rights: Pick<Rights, 'permits' | 'hears'>;
  readonly profile: Profile;
  /** Whose accounts at servers where each person has an own one, and which of them are connected. */
  readonly accounts?: Accounts | undefined;
  /** What one client session sees of a server instead of what is offered to all. */
  readonly overlays?: ReadonlyMap<ServerName, Offer> | undefined;
  /** Most items on a page; 0: as many as fit into 4 MB. */
  readonly pageSize: number;
};

/** What one caller sees at one endpoint: built once per revision of catalogue and grants, then only read. */
export class View {
  readonly of: ViewOf;
  readonly #catalogue: Offering;
  readonly #offers: readonly Offered[];
  /** Those of which something is shown, or that show nothing to anybody. */
  readonly #speaking: readonly Offered[];
  readonly #targets: Readonly<Record<TargetKind, Map<string, Target>>> = {
    tool: new Map(),
    prompt: new Map(),
    resource: new Map(),
  };
  readonly #listed = new Map<ListName, readonly Listed[]>();
  /** Also those that are not listed for this caller: what they cover is decided by the URI that is read. */
  readonly #templates: Listed[] = [];
  readonly #pages = new Map<string, Page>();

  constructor(catalogue: Offering, of: ViewOf) {
    this.of = of;
    this.#catalogue = catalogue;
    this.#offers = of.servers.flatMap(entry => {
      const offer = of.overlays?.get(entry.name) ?? offerTo(entry, of, catalogue);
      return offer ? [{ entry, offer }] : [];
    });
    for (const list of LIST_NAMES) this.#listed.set(list, this.#collect(list));
    const shown = new Set([...this.#listed.values()].flatMap(all => all.map(({ entry }) => entry)));
    this.#speaking = this.#offers.filter(
      ({ entry, offer }) => shown.has(entry) || LIST_NAMES.every(list => offer.lists[list].length === 0),
    );
  }

  get isAll(): boolean {
    return this.of.endpoint === 'all';
  }

  has(server: ServerName): boolean {
    return this.#offers.some(({ entry }) => entry.name === server);
  }

  /** The target of an exposed or raw name, if this caller may use it. */
  find(kind: TargetKind, name: string): Target | undefined {
    const listed = this.#targets[kind].get(name);
    if (listed) return listed;
    if (!this.isAll || kind === 'resource') return undefined;
    const { names } = this.#catalogue;
    // A name that is listed for others leads nowhere for whoever does not see it, and never to a second server.
    if (names.owner(kind, name)) return undefined;
    const owner = names.unlistedOwner(kind, name);
    return owner && this.#byOriginal(kind, owner.server, owner.original);
  }

  /** The server that owns a URI: listed exactly, or covered by a template of literal scheme, in order, no second try. */
  findUri(uri: string): Target | undefined {
    const exact = this.#targets.resource.get(uri);
    if (exact) return exact;
    if (this.#catalogue.names.owner('resource', uri) && this.isAll) return undefined;
    const { endpoint } = this.of;
    if (endpoint === 'all') return this.#findByTemplate(uri) ?? this.#findByServer(uri);
    return this.unlisted('resource', endpoint, uri);
  }

  /** What a server may know beside what it lists; it says itself what it does not know. */
  unlisted(kind: TargetKind, server: ServerName, original: string): Target | undefined {
    const item = itemOf(kind, original);
    // Also of a server that was never read: it may be slow to start, and is asked all the same.
    const isHere = this.of.servers.some(entry => entry.name === server);
    return isHere && this.of.rights.permits(server, item) ? targetOf(server, item) : undefined;
  }

  /** A URI that names its server may be none that the server lists. */
  #findByServer(uri: string): Target | undefined {
    const named = readServerUri(uri);
    return named && this.unlisted('resource', named.server, named.original);
  }

  /** Of the templates that cover the URI, the one that was published first decides. */
  #findByTemplate(uri: string): Target | undefined {
    const { names } = this.#catalogue;
    let found: { readonly target: Target | undefined; readonly since: number } | undefined;
    for (const { exposed, definition, entry } of this.#templates) {
      const since = matchesTemplate(exposed, uri) ? names.owner('template', exposed)?.since : undefined;
      if (since === undefined || (found && found.since <= since)) continue;
      const original = exposed === definition.key ? uri : (readServerUri(uri)?.original ?? uri);
      found = { target: this.unlisted('resource', entry.name, original), since };
    }
    return found?.target;
  }

  /** A URI template as listed, for completion. */
  findTemplate(template: string): Target | undefined {
    const listed = this.#listed.get('resourceTemplates')?.find(one => one.exposed === template);
    return listed && listedTarget(listed.entry.name, itemOf('resource', listed.definition.key));
  }

  /** The page that begins after the exposed key `after`, or, where that is gone, at `index`; `isMarked`: see `withSchemes`. */
  page(list: ListName, after?: string, index = 0, isMarked = false): Page {
    const key = `${list} ${isMarked} ${index} ${after ?? ''}`;
    let page = this.#pages.get(key);
    if (!page) {
      const { endpoint, pageSize } = this.of;
      const scope = isMarked ? scopeOf(endpoint === 'all' ? undefined : endpoint) : undefined;
      page = pageOf(this.#listed.get(list) ?? [], { after, index, scope }, pageSize);
      this.#pages.set(key, page);
    }
    return page;
  }

  /** What may be promised: the union of what the servers can do, and that changes are told. */
  capabilities(): Params {
    const can = (name: string): Params[] =>
      this.#speaking.flatMap(({ offer }) =>
        isObject(offer.hello.capabilities[name]) ? [offer.hello.capabilities[name]] : [],
      );
    const isListed = (name: string): boolean =>
      this.isAll || this.#speaking.length === 0 || can(name).length > 0;
    const canSubscribe = can('resources').some(one => one.subscribe === true);
    return {
      ...(isListed('tools') && { tools: { listChanged: true } }),
      ...(isListed('prompts') && { prompts: { listChanged: true } }),
      ...(isListed('resources') && {
        resources: { listChanged: true, ...(canSubscribe && { subscribe: true }) },
      }),
      ...(can('completions').length > 0 && { completions: {} }),
      ...(can('logging').length > 0 && { logging: {} }),
      ...this.#tasks(),
    };
  }

  /** Tasks of the client's own era, where a server runs them; a list of them is kept here for all. */
  #tasks(): Params {
    const { era, revision } = this.of.profile;
    const said = this.#speaking
      .filter(({ offer }) => offer.profile.era === era)
      .map(({ offer }) => offer.hello.capabilities);
    if (era === 'modern') {
      const has = said.some(({ extensions }) => isObject(extensions) && isObject(extensions[META.tasks]));
      return has ? { extensions: { [META.tasks]: {} } } : {};
    }
    const tasks = said.flatMap(one => (isObject(one.tasks) ? [one.tasks] : []));
    if (tasks.length === 0 || revision < '2025-11-25') return {};
    const canCancel = tasks.some(one => isObject(one.cancel));
    return { tasks: { list: {}, ...(canCancel && { cancel: {} }), requests: { tools: { call: {} } } } };
  }

  /** For how long what is listed here may be kept: as long as the strictest server says, and `most` at most. */
  ttlMs(most: number): number {
    return Math.min(most, ...this.#speaking.map(({ offer }) => offer.ttlMs ?? most));
  }

  instructions(): string | undefined {
    const said = this.#speaking.flatMap(({ entry, offer }) =>
      offer.hello.instructions && this.of.rights.hears(entry.name)
        ? [{ entry, text: offer.hello.instructions }]
        : [],
    );
    if (said.length === 0) return undefined;
    if (!this.isAll) return said[0]?.text;
    return said
      .map(({ entry, text }) => `# ${entry.name}\n${text}`)
      .join('\n\n')
      .slice(0, MAX_INSTRUCTIONS);
  }

  /** Who answers: the one server, or the gateway. */
  serverInfo(own: Params): Params {
    const info = this.isAll ? undefined : this.#offers[0]?.offer.hello.serverInfo;
    return info && typeof info.name === 'string' ? info : own;
  }

  #byOriginal(kind: 'tool' | 'prompt', server: ServerName, original: string): Target | undefined {
    for (const target of this.#targets[kind].values())
      if (target.server === server && target.original === original) return target;
    return undefined;
  }

  #collect(list: ListName): readonly Listed[] {
    const kind = KIND_OF[list];
    const { era } = this.of.profile;
    return this.#offers.flatMap(({ entry, offer }) =>
      offer.lists[list].flatMap(own => {
        const definition = offer.profile.era === era ? own : bridged(list, own, era);
        if (!definition) return [];
        const exposed = this.#expose(entry, kind, definition);
        const item = itemOf(kind ?? 'resource', definition.key, definition.traits);
        if (exposed === undefined) return [];
        if (!kind) this.#templates.push({ exposed, definition, entry });
        if (!isConnectTool(definition) && !this.of.rights.permits(entry.name, item)) return [];
        if (kind) this.#targets[kind].set(exposed, listedTarget(entry.name, item, definition.traits));
        return [{ exposed, definition: this.#withApp(entry, definition), entry }];
      }),
    );
  }

  /** A tool's page is read at the endpoint where the tool is listed, so it stands there under the URI that leads to it. */
  #withApp(entry: ServerEntry, definition: Definition): Definition {
    const app = definition.traits?.app;
    if (!this.isAll || app === undefined) return definition;
    const { names } = this.#catalogue;
    const listed = names.exposed(entry, 'resource', app);
    const owner = names.owner('resource', app) ?? this.#targets.resource.get(app);
    const exposed = listed ?? (owner && owner.server !== entry.name ? serverUri(entry.name, app) : app);
    const target = this.unlisted('resource', entry.name, app);
    if (listed === undefined && target) this.#targets.resource.set(exposed, target);
    return exposed === app ? definition : withApp(definition, exposed);
  }

  #expose(entry: ServerEntry, kind: TargetKind | undefined, definition: Definition): string | undefined {
    if (!this.isAll) return definition.key;
    // A template without a literal scheme would claim what belongs to others.
    if (!kind && !hasLiteralScheme(definition.key)) return undefined;
    return this.#catalogue.names.exposed(entry, kind ?? 'template', definition.key);
  }
}
