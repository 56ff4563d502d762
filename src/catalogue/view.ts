import type { ServerName } from '../base/index.ts';
import {
  hasLiteralScheme,
  isObject,
  type ListName,
  matchesTemplate,
  type Params,
  type Profile,
  type ServerEntry,
  type TargetKind,
} from '../mcp/index.ts';
import type { Catalogue } from './catalogue.ts';
import { type Definition, type ToolTraits, withKey } from './definition.ts';
import { uriPrefix } from './names.ts';
import type { Offer } from './offer.ts';

/** One server's thing, as this caller may use it. */
export type Target = {
  readonly server: ServerName;
  /** The server's own name or URI for it. */
  readonly original: string;
  readonly traits: ToolTraits | undefined;
};

/** One page of a list: the joined definitions, and where the next one begins. */
export type Page = {
  readonly items: Buffer;
  readonly next: { readonly after: string; readonly index: number } | undefined;
};

const KIND_OF: Readonly<Partial<Record<ListName, TargetKind>>> = {
  tools: 'tool',
  prompts: 'prompt',
  resources: 'resource',
};
const PAGE_BYTES = 4 * 1024 * 1024;
const MAX_INSTRUCTIONS = 8 * 1024;

type Listed = { readonly exposed: string; readonly definition: Definition; readonly entry: ServerEntry };

export type ViewOf = {
  /** `all`: many servers behind one endpoint, with exposed names; else one server with its own names. */
  readonly endpoint: 'all' | ServerName;
  /** The servers that the caller may use, in order. */
  readonly servers: readonly ServerEntry[];
  readonly profile: Profile;
  /** Most items on a page; 0: as many as fit into 4 MB. */
  readonly pageSize: number;
};

/** What one caller sees at one endpoint: built once per revision of catalogue and grants, then only read. */
export class View {
  readonly of: ViewOf;
  readonly #catalogue: Catalogue;
  readonly #offers: readonly { readonly entry: ServerEntry; readonly offer: Offer }[];
  readonly #targets: Readonly<Record<TargetKind, Map<string, Target>>> = {
    tool: new Map(),
    prompt: new Map(),
    resource: new Map(),
  };
  readonly #listed = new Map<ListName, readonly Listed[]>();
  readonly #pages = new Map<string, Page>();

  constructor(catalogue: Catalogue, of: ViewOf) {
    this.of = of;
    this.#catalogue = catalogue;
    this.#offers = of.servers.flatMap(entry => {
      const offer = catalogue.offer(entry.name, of.profile);
      return offer ? [{ entry, offer }] : [];
    });
    for (const list of ['tools', 'prompts', 'resources', 'resourceTemplates'] as const)
      this.#listed.set(list, this.#collect(list));
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
    const owner = names.owner(`raw-${kind}`, name);
    return owner && this.#byOriginal(kind, owner.server, owner.original);
  }

  /** The server that owns a URI: listed exactly, or covered by a template of literal scheme, in order, no second try. */
  findUri(uri: string): Target | undefined {
    const exact = this.#targets.resource.get(uri);
    if (exact) return exact;
    if (this.#catalogue.names.owner('resource', uri) && this.isAll) return undefined;
    const { endpoint } = this.of;
    if (endpoint === 'all') return this.#findByTemplate(uri);
    return this.has(endpoint) ? { server: endpoint, original: uri, traits: undefined } : undefined;
  }

  /** Of the templates that cover the URI, the one that was published first decides. */
  #findByTemplate(uri: string): Target | undefined {
    const { names } = this.#catalogue;
    let found: { readonly target: Target; readonly since: number } | undefined;
    for (const { exposed, definition, entry } of this.#listed.get('resourceTemplates') ?? []) {
      const since = matchesTemplate(exposed, uri) ? names.owner('template', exposed)?.since : undefined;
      if (since === undefined || (found && found.since <= since)) continue;
      const original = exposed === definition.key ? uri : uri.slice(uriPrefix(entry).length);
      found = { target: { server: entry.name, original, traits: undefined }, since };
    }
    return found?.target;
  }

  /** A URI template as listed, for completion. */
  findTemplate(template: string): Target | undefined {
    const listed = this.#listed.get('resourceTemplates')?.find(one => one.exposed === template);
    return listed && { server: listed.entry.name, original: listed.definition.key, traits: undefined };
  }

  /** The page that begins after the exposed key `after`, or, where that is gone, at `index`. */
  page(list: ListName, after?: string, index = 0): Page {
    const key = `${list} ${index} ${after ?? ''}`;
    let page = this.#pages.get(key);
    if (!page) {
      page = this.#render(list, after, index);
      this.#pages.set(key, page);
    }
    return page;
  }

  /** What may be promised: the union of what the servers can do, and that changes are told. */
  capabilities(): Params {
    const can = (name: string): Params[] =>
      this.#offers.flatMap(({ offer }) =>
        isObject(offer.hello.capabilities[name]) ? [offer.hello.capabilities[name]] : [],
      );
    const isListed = (name: string): boolean =>
      this.isAll || this.#offers.length === 0 || can(name).length > 0;
    const canSubscribe = can('resources').some(one => one.subscribe === true);
    return {
      ...(isListed('tools') && { tools: { listChanged: true } }),
      ...(isListed('prompts') && { prompts: { listChanged: true } }),
      ...(isListed('resources') && {
        resources: { listChanged: true, ...(canSubscribe && { subscribe: true }) },
      }),
      ...(can('completions').length > 0 && { completions: {} }),
      ...(can('logging').length > 0 && { logging: {} }),
    };
  }

  instructions(): string | undefined {
    const said = this.#offers.flatMap(({ entry, offer }) =>
      offer.hello.instructions ? [{ entry, text: offer.hello.instructions }] : [],
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
    return this.#offers.flatMap(({ entry, offer }) =>
      offer.lists[list].flatMap(definition => {
        const exposed = this.#expose(entry, kind, definition);
        if (exposed === undefined) return [];
        if (kind)
          this.#targets[kind].set(exposed, {
            server: entry.name,
            original: definition.key,
            traits: definition.traits,
          });
        return [{ exposed, definition, entry }];
      }),
    );
  }

  #expose(entry: ServerEntry, kind: TargetKind | undefined, definition: Definition): string | undefined {
    if (!this.isAll) return definition.key;
    // A template without a literal scheme would claim what belongs to others.
    if (!kind && !hasLiteralScheme(definition.key)) return undefined;
    return this.#catalogue.names.exposed(entry, kind ?? 'template', definition.key);
  }

  #render(list: ListName, after: string | undefined, index: number): Page {
    const all = this.#listed.get(list) ?? [];
    const known = after === undefined ? -1 : all.findIndex(one => one.exposed === after);
    // Where the item before is gone, all after it moved up by one.
    const from = known === -1 ? Math.max(0, index - 1) : known + 1;
    const parts: Buffer[] = [];
    let size = 0;
    let at = from;
    for (; at < all.length; at++) {
      const one = all[at];
      if (!one) break;
      const bytes = withKey(one.definition, one.exposed);
      const isFull =
        size + bytes.length > PAGE_BYTES || (this.of.pageSize > 0 && at - from >= this.of.pageSize);
      if (isFull && at > from) break;
      if (at > from) parts.push(Buffer.from(','));
      parts.push(bytes);
      size += bytes.length + 1;
    }
    const last = all[at - 1];
    return {
      items: Buffer.concat(parts),
      next: at < all.length && last ? { after: last.exposed, index: at } : undefined,
    };
  }
}
