import { Fault, type ServerName, toFault } from '../../base/index.ts';
import type { AnswerHeaders, AnswerSink, EgressRequest, Flow, Target } from '../../http/index.ts';
import { readChallenge } from '../oauth/discovery/challenge.ts';
import type { Lease, Refusal } from '../oauth/types.ts';

/** A credential that is looked up for each request, and may be another one once the server refused it. */
export type Credential = {
  lease(): Lease | Promise<Lease>;
  refused(refusal: Refusal): Promise<Lease>;
};

const text = (value: AnswerHeaders[string]): string | undefined =>
  typeof value === 'string' ? value : value?.join(', ');

/** 401, and what a token with more scopes could do (RFC 6750 section 3.1); any other 403 is about the request. */
function isAboutToken(status: number, challenge: string | undefined): boolean {
  return status === 401 || (status === 403 && readChallenge(challenge).error === 'insufficient_scope');
}

/**
 * One request on its way with a leased credential. A refusal means that nothing ran, so that it is sent again with the
 * next credential where there is one; what reads the answer learns of the last one only.
 */
class Sending {
  readonly #target: Target;
  readonly #request: EgressRequest;
  readonly #sink: AnswerSink;
  readonly #credential: Credential;
  readonly #server: ServerName;
  #abort: () => void = () => {};
  #isAborted = false;

  constructor(leased: LeasedTarget, request: EgressRequest, sink: AnswerSink) {
    this.#target = leased.target;
    this.#credential = leased.credential;
    this.#server = leased.server;
    this.#request = request;
    this.#sink = sink;
  }

  start(): () => void {
    try {
      const lease = this.#credential.lease();
      if (lease instanceof Promise) this.#await(lease, true);
      else this.#go(lease, true);
    } catch (thrown) {
      queueMicrotask(() => this.#fail(thrown));
    }
    return () => {
      this.#isAborted = true;
      this.#abort();
    };
  }

  #await(lease: Promise<Lease>, isFirst: boolean): void {
    lease.then(
      found => this.#go(found, isFirst),
      thrown => this.#fail(thrown),
    );
  }

  #go(lease: Lease, isFirst: boolean): void {
    if (this.#isAborted) return this.#sink.onFailure({ kind: 'aborted', cause: undefined });
    if (lease.kind === 'unconnected') {
      const data = { server: this.#server, why: lease.why, mayHaveRun: false };
      return queueMicrotask(() => this.#fail(new Fault('not_connected', { data })));
    }
    const headers = { ...this.#request.headers, ...lease.headers };
    const sink = isFirst ? this.#first(lease.headers.authorization) : this.#sink;
    this.#abort = this.#target.send({ ...this.#request, headers }, sink);
  }

  /** Hands the answer on, unless it refuses the credential. */
  #first(authorization: string | undefined): AnswerSink {
    const sink = this.#sink;
    let isRefused = false;
    return {
      onStart: (status, headers, flow) => {
        const challenge = text(headers['www-authenticate']);
        isRefused = isAboutToken(status, challenge);
        if (isRefused) this.#refused({ status, challenge, authorization }, flow);
        else sink.onStart(status, headers, flow);
      },
      onData: chunk => isRefused || sink.onData(chunk),
      onEnd: () => isRefused || sink.onEnd(),
      onFailure: failure => isRefused || sink.onFailure(failure),
    };
  }

  #refused(refusal: Refusal, flow: Flow): void {
    flow.abort();
    this.#abort = () => {};
    this.#await(this.#credential.refused(refusal), false);
  }

  #fail(thrown: unknown): void {
    const kind = this.#isAborted ? 'aborted' : 'unconnected';
    this.#sink.onFailure({ kind, cause: toFault(thrown) });
  }
}

/** A target whose requests carry a leased credential. Its failures of kind `unconnected` have a Fault as cause. */
export class LeasedTarget implements Target {
  readonly target: Target;
  readonly credential: Credential;
  readonly server: ServerName;

  constructor(target: Target, credential: Credential, server: ServerName) {
    this.target = target;
    this.credential = credential;
    this.server = server;
  }

  send(request: EgressRequest, sink: AnswerSink): () => void {
    return new Sending(this, request, sink).start();
  }
}
