import { isObject, type Params } from '../mcp/index.ts';
import type { Subject } from './subject.ts';

/** A document at an address, or why there is none. */
export type Document = {
  readonly url: string;
  readonly body: Params | undefined;
  readonly why: string;
};

/** The forms of RFC 8414 section 3.1 and OpenID Connect Discovery 4, for an issuer with and without a path. */
function metadataUrls(issuer: URL): readonly URL[] {
  const path = issuer.pathname.replace(/\/$/, '');
  const forms = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    `${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(forms)].map(form => new URL(form, issuer.origin));
}

/** What the server says about how to get a token (MCP authorization, "Authorization Server Discovery"). Asked once each. */
export class Discovery {
  readonly #subject: Subject;
  #challenge: Promise<string | undefined> | undefined;
  #resource: Promise<Document> | undefined;
  #server: Promise<Document | undefined> | undefined;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** The `WWW-Authenticate` of a 401; undefined: there was no 401. */
  challenge(): Promise<string | undefined> {
    this.#challenge ??= this.#findChallenge();
    return this.#challenge;
  }

  async #findChallenge(): Promise<string | undefined> {
    const method = await this.#subject.guardedMethod();
    const hello =
      method === undefined ? await this.#subject.hello('legacy') : await this.#subject.ask({ method });
    if (hello.kind === 'none' || hello.status !== 401) return undefined;
    return hello.headers['www-authenticate'] ?? '';
  }

  /** The protected resource metadata (RFC 9728). */
  resource(): Promise<Document> {
    this.#resource ??= this.#findResource();
    return this.#resource;
  }

  async #findResource(): Promise<Document> {
    const { url } = this.#subject;
    const named = /resource_metadata="([^"]+)"/.exec((await this.challenge()) ?? '')?.[1];
    const path = url.pathname.replace(/\/$/, '');
    const places = [
      named,
      `${url.origin}/.well-known/oauth-protected-resource${path}`,
      `${url.origin}/.well-known/oauth-protected-resource`,
    ];
    let last: Document = { url: url.href, body: undefined, why: 'none' };
    for (const place of places) {
      const parsed = place === undefined ? null : URL.parse(place);
      if (!parsed) continue;
      last = await this.read(parsed);
      if (last.body) return last;
    }
    return last;
  }

  /** The authorization servers that the resource names; its own origin where it names none (2025-03-26). */
  async issuers(): Promise<readonly string[]> {
    const { body } = await this.resource();
    const named = body?.authorization_servers;
    const texts = Array.isArray(named) ? named.filter(one => typeof one === 'string') : [];
    return texts.length > 0 ? texts : [this.#subject.url.origin];
  }

  /** Metadata of the first authorization server that has any; undefined: there is no issuer to ask. */
  authorizationServer(): Promise<Document | undefined> {
    this.#server ??= this.#findServer();
    return this.#server;
  }

  async #findServer(): Promise<Document | undefined> {
    let last: Document | undefined;
    for (const issuer of await this.issuers()) {
      const parsed = URL.parse(issuer);
      if (!parsed) continue;
      for (const url of metadataUrls(parsed)) {
        last = await this.read(url);
        if (last.body) return { ...last, why: issuer };
      }
    }
    return last;
  }

  async read(url: URL): Promise<Document> {
    const headers = { accept: 'application/json', 'mcp-protocol-version': '2025-11-25' };
    const answer = await this.#subject.wire.send({ url, method: 'GET', headers });
    if (answer.kind === 'none') return { url: url.href, body: undefined, why: answer.why };
    if (answer.status !== 200) return { url: url.href, body: undefined, why: `it answers ${answer.status}` };
    try {
      const body: unknown = JSON.parse(answer.text);
      return { url: url.href, body: isObject(body) ? body : undefined, why: 'it is no JSON object' };
    } catch {
      return { url: url.href, body: undefined, why: 'it is not JSON' };
    }
  }
}
