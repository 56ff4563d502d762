import type { Secret } from '../base/index.ts';
import { isObject, type Params } from '../mcp/index.ts';
import { Discovery } from './discovery.ts';
import { bearer, type Era, HELLO, hasResult, isGuarded, type Request, type Said, say } from './speech.ts';
import type { Wire } from './wire.ts';

/** What a server defines, as it was listed. */
export type Definitions = {
  readonly tools: readonly Params[];
  readonly prompts: readonly Params[];
  readonly resources: readonly Params[];
  readonly instructions: string;
};

export type Session = { readonly id: string | undefined; readonly hello: Params };

export type SubjectDeps = {
  readonly url: URL;
  readonly wire: Wire;
  /** A token that the server should take, and one of another person. */
  readonly token: Secret | undefined;
  readonly otherToken: Secret | undefined;
  /** Also tools that are not read-only may be called. */
  readonly mayCall: boolean;
  /** Requests that one caller sends at once, to see whether anything ends it. */
  readonly burst: number;
};

const MOST_PAGES = 20;

/** Remembers the first answer: whatever several checks need to know is asked once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The server under audit, as the checks see it. */
export class Subject {
  readonly url: URL;
  readonly wire: Wire;
  readonly token: Secret | undefined;
  readonly otherToken: Secret | undefined;
  readonly mayCall: boolean;
  readonly burst: number;
  readonly discovery: Discovery;
  /** The eras in which it says hello; asked in this order. */
  readonly eras: () => Promise<readonly Era[]>;
  /** A session of the auditor's own, where sessions are; undefined: it said no hello. */
  readonly session: () => Promise<Session | undefined>;
  readonly definitions: () => Promise<Definitions>;
  /** What it answers to whoever shows nothing. */
  readonly stranger: () => Promise<Said>;

  constructor(deps: SubjectDeps) {
    this.url = deps.url;
    this.wire = deps.wire;
    this.token = deps.token;
    this.otherToken = deps.otherToken;
    this.mayCall = deps.mayCall;
    this.burst = deps.burst;
    this.eras = once(() => this.#findEras());
    this.session = once(() => this.open());
    this.definitions = once(() => this.#readDefinitions());
    this.stranger = once(() => this.ask({ method: 'tools/list' }));
    this.discovery = new Discovery(this);
  }

  /** One request, in the era that the server speaks best, with nothing that is not given. */
  async ask(request: Request): Promise<Said> {
    const [era = 'legacy'] = await this.eras();
    return say(this.wire, era, { ...request, url: request.url ?? this.url });
  }

  /** As the one whom the token names, in a session where there is one. */
  async askAsOwner(request: Request): Promise<Said> {
    const session = await this.session();
    return this.ask({ token: this.token, session: session?.id, ...request });
  }

  async hello(era: Era, request: Partial<Request> = {}): Promise<Said> {
    return say(this.wire, era, { ...HELLO[era], ...request, url: this.url });
  }

  /** A new session. */
  async open(request: Partial<Request> = {}): Promise<Session | undefined> {
    const [era] = await this.eras();
    if (era === undefined) return undefined;
    const said = await this.hello(era, { token: this.token, ...request });
    if (said.kind === 'none' || !hasResult(said)) return undefined;
    const id = said.headers['mcp-session-id'];
    const hello = isObject(said.message?.result) ? said.message.result : {};
    if (era === 'legacy') await this.#confirm(id, request.token ?? this.token);
    return { id, hello };
  }

  /** 2025-11-25 lifecycle, "Initialization": a server may refuse everything before it. */
  async #confirm(session: string | undefined, token: Secret | undefined): Promise<void> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...bearer(token),
      ...(session !== undefined && { 'mcp-session-id': session }),
    };
    const body = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    await this.wire.send({ url: this.url, headers, body });
  }

  async #findEras(): Promise<readonly Era[]> {
    const found: Era[] = [];
    // Sessions first: where both are spoken there is more to look at.
    for (const era of ['legacy', 'modern'] as const) {
      const said = await this.hello(era, { token: this.token });
      if (hasResult(said)) found.push(era);
    }
    return found;
  }

  async #readDefinitions(): Promise<Definitions> {
    const session = await this.session();
    const { instructions } = session?.hello ?? {};
    return {
      tools: await this.#list('tools/list', 'tools'),
      prompts: await this.#list('prompts/list', 'prompts'),
      resources: await this.#list('resources/list', 'resources'),
      instructions: typeof instructions === 'string' ? instructions : '',
    };
  }

  async #list(method: string, member: string): Promise<readonly Params[]> {
    const items: Params[] = [];
    let cursor: unknown;
    for (let page = 0; page < MOST_PAGES; page++) {
      const params: Params = typeof cursor === 'string' ? { cursor } : {};
      const { message } = await this.askAsOwner({ method, params });
      const result = message?.result;
      if (!isObject(result) || !Array.isArray(result[member])) break;
      items.push(...result[member].filter(isObject));
      cursor = result.nextCursor;
      if (typeof cursor !== 'string') break;
    }
    return items;
  }

  /** A request that only somebody who is known may send here; undefined: whoever comes may do everything. */
  async guardedMethod(): Promise<string | undefined> {
    for (const method of ['tools/list', 'prompts/list', 'resources/list', 'ping']) {
      if (isGuarded(await this.ask({ method }))) return method;
    }
    return undefined;
  }
}
