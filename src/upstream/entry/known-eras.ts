import type { Params } from '../../mcp/index.ts';
import type { Status } from '../breaker.ts';
import type { OwnSession } from '../health/own-session.ts';
import type { Leg } from '../leg.ts';
import { type Eras, type Probed, probeEras } from '../probe.ts';
import type { UpstreamSession } from '../session.ts';

type Deps = {
  readonly client: Params;
  readonly onFound: (found: Found) => void;
  /** What became of the gateway's own session. */
  readonly own: () => Promise<OwnSession>;
};

type Found = { readonly eras: Eras; readonly session?: UpstreamSession };

/** What is known of the protocols of one server, and how more is learnt. */
export class KnownEras {
  readonly #leg: Leg;
  readonly #deps: Deps;
  #eras: Eras | undefined;
  #probing: Promise<Probed> | undefined;
  #wantsLegacy = false;
  #hasAskedLegacy = false;

  constructor(leg: Leg, deps: Deps) {
    this.#leg = leg;
    this.#deps = deps;
  }

  get eras(): Eras | undefined {
    return this.#eras;
  }

  /** As the connection stands; where something answers, but in no words of MCP, no server is there. */
  get status(): Status {
    const { status } = this.#leg;
    const isNone = this.#eras !== undefined && !this.#eras.modern && !this.#eras.legacy;
    if (status.state !== 'ready' || !isNone) return status;
    return { state: 'down', since: status.since, reason: 'invalid', retryAt: status.since };
  }

  /** Whether it speaks the modern revision, and nobody has needed to know if it speaks an older one too. */
  get isLegacyUnasked(): boolean {
    return this.#eras?.modern !== undefined && this.#eras.legacy === undefined && !this.#hasAskedLegacy;
  }

  /** Single-flight. A failure leaves what was known. `wantsLegacy`: this probe, if none is running, and each later one. */
  probe(wantsLegacy = false): Promise<Probed> {
    this.#wantsLegacy ||= wantsLegacy;
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  /** Now and with each later probe: a client of 2025 is there. */
  async probeLegacy(): Promise<Probed> {
    this.#wantsLegacy = true;
    await this.#probing;
    return this.#hasAskedLegacy && this.#eras ? { kind: 'known', eras: this.#eras } : this.probe();
  }

  async #probe(): Promise<Probed> {
    const wantsLegacy = this.#wantsLegacy;
    const { client, own, onFound } = this.#deps;
    const found = await probeEras({ leg: this.#leg, client, own, wantsLegacy });
    if (found.kind === 'unknown') return found;
    this.#hasAskedLegacy ||= wantsLegacy;
    this.#eras = found.eras;
    onFound(found);
    return found;
  }
}
