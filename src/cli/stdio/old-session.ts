import type { AnswerHeaders } from '../../http/index.ts';
import { isObject, LATEST_LEGACY, type Params } from '../../mcp/index.ts';
import { followSession, type Leg, UpstreamSession } from '../../upstream/index.ts';

const REOPEN_MS = 30_000;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The client's session with the gateway, in the 2025 revisions; opened again by itself when the gateway lost it. */
export class OldSession {
  readonly #leg: Leg;
  readonly #say: (json: string) => void;
  #params: Params | undefined;
  #current: UpstreamSession | undefined;
  #opening: Promise<boolean> | undefined;
  #stopHearing: () => void = () => {};
  #isHearing = false;

  constructor(leg: Leg, say: (json: string) => void) {
    this.#leg = leg;
    this.#say = say;
  }

  get current(): UpstreamSession | undefined {
    return this.#current;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#current?.headers ?? {};
  }

  /** The gateway answered the client's `initialize`. */
  opened(params: Params, result: Params, headers: AnswerHeaders): void {
    this.#stopHearing();
    this.#params = params;
    const revision = textOf(result.protocolVersion) ?? LATEST_LEGACY;
    const profile = { era: 'legacy', revision, capabilities: 0 } as const;
    const hello = { capabilities: {}, instructions: undefined, serverInfo: {} };
    const options = { leg: this.#leg, profile, client: {}, ms: REOPEN_MS };
    this.#current = new UpstreamSession(options, revision, hello, textOf(headers['mcp-session-id']));
    if (this.#isHearing) this.hear();
  }

  /** Opens the GET stream, whose messages go to the client. */
  hear(): void {
    const session = this.#current;
    this.#isHearing = true;
    this.#stopHearing();
    if (session)
      this.#stopHearing = followSession(session, this.#say, { onLost: () => void this.reopen(session) });
  }

  /** Opens another session in place of the one that was lost; `false` where that cannot be done. Single-flight. */
  reopen(lost: UpstreamSession): Promise<boolean> {
    if (this.#current !== lost) return Promise.resolve(this.#current !== undefined);
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #reopen(): Promise<boolean> {
    const params = this.#params;
    if (!params) return false;
    const reply = await this.#leg.ask('initialize', params, { headers: {}, ms: REOPEN_MS });
    if (reply.kind !== 'result' || !isObject(reply.result)) return false;
    this.opened(params, reply.result, reply.headers);
    await this.#leg.tell('{"jsonrpc":"2.0","method":"notifications/initialized"}', this.headers);
    return true;
  }

  /** Tells the gateway that the session is over; resolves when it heard it, or after a second. */
  async end(): Promise<void> {
    this.#stopHearing();
    const session = this.#current;
    this.#current = undefined;
    if (session?.id === undefined) return;
    session.isEnded = true;
    const heard = new Promise<void>(resolve => {
      const done = (): void => resolve();
      this.#leg.delete(session.headers, done);
    });
    const late = new Promise<void>(resolve => setTimeout(resolve, 1_000).unref());
    await Promise.race([heard, late]);
  }
}
