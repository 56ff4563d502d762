import { LRUCache } from 'lru-cache';
import type { ServerName, UserId } from '../../base/index.ts';
import type { View } from '../../catalogue/index.ts';
import { serverUri } from '../../catalogue/index.ts';
import {
  elements,
  isObjectAt,
  members,
  parseFrame,
  type Range,
  type Splice,
  splice,
  toFrame,
} from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { asBytes, PassingOut } from '../passing-out.ts';
import type { OnePlan } from '../route.ts';

const MAX_LINKS = 20_000;
const KEPT_MS = 24 * 60 * 60_000;
const URI = Buffer.from('"uri"');

/** Which server gave a person a link to something that it lists nowhere: "not guaranteed to appear" (server/tools). */
export class Links {
  readonly #servers = new LRUCache<string, ServerName>({
    max: MAX_LINKS,
    ttl: KEPT_MS,
    ttlResolution: 60_000,
  });

  remember(principal: UserId, uri: string, server: ServerName): void {
    this.#servers.set(`${principal} ${uri}`, server);
  }

  find(principal: UserId, uri: string): ServerName | undefined {
    return this.#servers.get(`${principal} ${uri}`);
  }
}

/** The elements of the array `name` of the object that opens at `start`. */
function listAt(bytes: Buffer, start: number, name: string): readonly Range[] {
  const range = members(bytes, start).get(name);
  if (!range) return [];
  // A prompt's content is one element, not a list of them.
  return bytes[range.start] === 0x5b ? elements(bytes, range.start) : [range];
}

function uriOf(bytes: Buffer, range: Range | undefined): readonly Range[] {
  const uri = isObjectAt(bytes, range) ? members(bytes, range.start).get('uri') : undefined;
  return uri && bytes[uri.start] === 0x22 ? [uri] : [];
}

/** Links and embedded resources among contents. */
function inContents(bytes: Buffer, contents: readonly Range[]): readonly Range[] {
  return contents.flatMap(range => {
    if (!isObjectAt(bytes, range)) return [];
    return [...uriOf(bytes, range), ...uriOf(bytes, members(bytes, range.start).get('resource'))];
  });
}

/** Where the URIs of resources stand in a result, by the kind of thing that was asked for. */
const PLACES: Readonly<
  Record<'tool' | 'prompt' | 'resource', (bytes: Buffer, start: number) => readonly Range[]>
> = {
  tool: (bytes, start) => inContents(bytes, listAt(bytes, start, 'content')),
  prompt: (bytes, start) =>
    listAt(bytes, start, 'messages').flatMap(one =>
      isObjectAt(bytes, one) ? inContents(bytes, listAt(bytes, one.start, 'content')) : [],
    ),
  resource: (bytes, start) => listAt(bytes, start, 'contents').flatMap(one => uriOf(bytes, one)),
};

type About = {
  readonly call: RequestCall;
  readonly plan: OnePlan;
  /** What the client sees; asked for where a URI stands in the answer. */
  readonly view: () => View;
  readonly links: Links;
};

/** Where many servers stand behind one endpoint, the URIs of an answer are made to lead back to the one that gave them. */
export class LinkingOut extends PassingOut {
  readonly #about: About;

  constructor(out: Out, about: About) {
    super(out);
    this.#about = about;
  }

  override json(body: Buffer | string, status?: number): void {
    this.out.json(this.#link(asBytes(body)), status);
  }

  override finish(frame: Buffer): void {
    const data = frame.includes(URI) ? parseFrame(frame)?.data : undefined;
    this.out.finish(data === undefined ? frame : toFrame(this.#link(Buffer.from(data))));
  }

  #link(body: Buffer): Buffer {
    const { kind } = this.#about.call.row;
    if (!kind || !body.includes(URI)) return body;
    const result = members(body).get('result');
    if (!isObjectAt(body, result)) return body;
    return splice(
      body,
      PLACES[kind](body, result.start).flatMap(range => this.#linkOne(body, range)),
    );
  }

  #linkOne(body: Buffer, range: Range): readonly Splice[] {
    const { call, plan, view, links } = this.#about;
    const uri: unknown = JSON.parse(body.toString('utf8', range.start, range.end));
    if (typeof uri !== 'string') return [];
    const { server, original } = plan.target;
    // What was read under a name of ours is answered under it.
    if (call.row.kind === 'resource' && uri === original)
      return call.message.params.uri === uri
        ? []
        : [{ ...range, text: JSON.stringify(call.message.params.uri) }];
    const leadsTo = view().findUri(uri)?.server;
    if (leadsTo === server) return [];
    if (leadsTo !== undefined) return [{ ...range, text: JSON.stringify(serverUri(server, uri)) }];
    links.remember(call.caller.principal, uri, server);
    return [];
  }
}
