import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { bareHost, classOfAddress, isAddress } from './address.ts';

/** Whether a target may lie on this machine or in a private network. Link-local and metadata addresses never may. */
export type AddressRule = { readonly isPrivateAllowed: boolean };

/**
 * Why no whole answer came. `unreachable`: nothing was sent. `blocked`: an address that the rule forbids.
 * `broken`: the connection ended after the request had begun. `invalid`: not HTTP that we accept. `aborted`: by us.
 * Of servers that are started here also `full`: too many run, and `paused`: it ended too often to be started now.
 * `unconnected`: there is no credential to send it with; the cause is the Fault that says why.
 */
export type EgressFailure = {
  readonly kind:
    | 'unreachable'
    | 'blocked'
    | 'broken'
    | 'invalid'
    | 'aborted'
    | 'full'
    | 'paused'
    | 'unconnected';
  readonly cause: unknown;
};

export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The running answer: back-pressure and its end. */
export type Flow = { pause(): void; resume(): void; abort(): void };

/** Receives one answer: `onStart` once, `onData` while it streams, then `onEnd` or `onFailure`. */
export type AnswerSink = {
  onStart(status: number, headers: AnswerHeaders, flow: Flow): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFailure(failure: EgressFailure): void;
};

export type EgressRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer | string;
};

/** One origin that may be reached. `send` returns the way to abort. */
export type Target = { send(request: EgressRequest, sink: AnswerSink): () => void };

export class BlockedAddress extends Error {
  override readonly name = 'BlockedAddress';
}

function isAllowed(address: string, rule: AddressRule): boolean {
  const addressClass = classOfAddress(address);
  return addressClass === 'public' || (addressClass === 'private' && rule.isPrivateAllowed);
}

/** Resolves a name and keeps only what the rule allows: the connection goes to the very address that was checked. */
function guardedLookup(rule: AddressRule): LookupFunction {
  return (host, options, done) => {
    systemLookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const allowed = found.filter(entry => isAllowed(entry.address, rule));
      const first = allowed[0];
      if (!first) return done(new BlockedAddress(`${host} resolves to an address that is not allowed`), '');
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

const CONNECT_MS = 5000;

function openPool(origin: string, rule: AddressRule): Pool {
  return new Pool(origin, {
    connections: null,
    pipelining: 1,
    allowH2: false,
    // The call's own deadline rules: a quiet stream is not a dead one.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    maxHeaderSize: 16 * 1024,
    connect: { lookup: guardedLookup(rule), timeout: CONNECT_MS },
  });
}

function failureOf(cause: unknown, hasStarted: boolean, isAborted: boolean): EgressFailure {
  if (isAborted) return { kind: 'aborted', cause };
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof BlockedAddress) return { kind: 'blocked', cause };
    if (
      // The parser's own errors have no code in every release of undici.
      error.name === 'HTTPParserError' ||
      ('code' in error && error.code === 'UND_ERR_HEADERS_OVERFLOW')
    )
      return { kind: 'invalid', cause };
  }
  return { kind: hasStarted ? 'broken' : 'unreachable', cause };
}

/**
 * What is under way. The controller is forgotten when the answer has ended: held on to, it chains each request of a
 * connection to the next one, and the dead ones survive every collection but the full one.
 */
type Sending = { controller: Dispatcher.DispatchController | undefined; isAborted: boolean };

function abort(sending: Sending): void {
  sending.isAborted = true;
  sending.controller?.abort(new Error('aborted'));
}

/** Adapts our sink to undici's dispatch handler: no promise, no web stream between socket and sink. */
function receiveInto(sink: AnswerSink, sending: Sending): Dispatcher.DispatchHandler {
  let hasStarted = false;
  const flow: Flow = {
    pause: () => sending.controller?.pause(),
    resume: () => sending.controller?.resume(),
    abort: () => abort(sending),
  };
  return {
    onRequestStart(controller) {
      hasStarted = true;
      sending.controller = controller;
      if (sending.isAborted) abort(sending);
    },
    onResponseStart(_controller, status, headers) {
      if (status >= 200) sink.onStart(status, headers, flow);
    },
    onResponseData(_controller, chunk) {
      sink.onData(chunk);
    },
    onResponseEnd() {
      sending.controller = undefined;
      sink.onEnd();
    },
    onResponseError(_controller, error) {
      sending.controller = undefined;
      sink.onFailure(failureOf(error, hasStarted, sending.isAborted));
    },
  };
}

export type Egress = {
  /** The way to `url`'s origin. Throws `BlockedAddress` for a scheme or an IP literal that the rule forbids. */
  target(url: URL, rule: AddressRule): Target;
  /** Where a host leads now: the worst class among its addresses, or undefined when it cannot be resolved. */
  classOf(host: string): Promise<'public' | 'private' | 'never' | undefined>;
  close(): Promise<void>;
};

/** More than the buffers between here and a server surely take. */
const LARGE_BYTES = 64 * 1024;

/**
 * A server may answer before it has read everything, and never read the rest: what is sent next over that connection
 * would wait behind it for ever. A large body takes its connection with it.
 */
const isLarge = (body: Buffer | string | null): boolean => body !== null && body.length > LARGE_BYTES;

function sendBy(pool: Pool): Target['send'] {
  return (request, sink) => {
    const sending: Sending = { controller: undefined, isAborted: false };
    const { method, path, headers, body = null } = request;
    pool.dispatch({ method, path, headers, body, reset: isLarge(body) }, receiveInto(sink, sending));
    return () => abort(sending);
  };
}

function resolveClass(host: string): Promise<'public' | 'private' | 'never' | undefined> {
  if (isAddress(host)) return Promise.resolve(classOfAddress(bareHost(host)));
  return new Promise(resolve => {
    systemLookup(host, { all: true }, (error, found) => {
      const classes = error ? [] : found.map(entry => classOfAddress(entry.address));
      resolve((['never', 'private', 'public'] as const).find(one => classes.includes(one)));
    });
  });
}

/** The only way out: every connection that the gateway opens is opened here, to an address that was checked. */
export function createEgress(): Egress {
  const pools = new Map<string, Pool>();
  return {
    target(url, rule) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new BlockedAddress(`${url.protocol} is not http or https`);
      if (isAddress(url.hostname) && !isAllowed(bareHost(url.hostname), rule))
        throw new BlockedAddress(`${url.hostname} is not allowed`);
      const key = `${url.origin} ${rule.isPrivateAllowed}`;
      let pool = pools.get(key);
      if (!pool) {
        pool = openPool(url.origin, rule);
        pools.set(key, pool);
      }
      return { send: sendBy(pool) };
    },
    classOf: resolveClass,
    async close() {
      await Promise.all([...pools.values()].map(pool => pool.destroy()));
      pools.clear();
    },
  };
}
