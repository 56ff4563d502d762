import { LRUCache } from 'lru-cache';
import { canonical, isObject } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import type { OnePlan } from '../route.ts';
import { CollectOut } from './collect-out.ts';
import { withId } from './with-id.ts';

const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

function isSuccess(json: string): boolean {
  const value: unknown = JSON.parse(json);
  return isObject(value) && isObject(value.result) && value.result.isError !== true;
}

/**
 * Equal calls run once: one that comes while the first runs, or within a minute after it went well, gets the same
 * answer. Equal means the same person, server, tool and arguments; only where the operator asked for it.
 */
export class Deduplicator {
  readonly #calls = new LRUCache<string, Promise<string>>({
    max: MAX_KEPT,
    ttl: KEPT_MS,
    ttlResolution: 1_000,
  });

  concerns(call: RequestCall, plan: OnePlan): boolean {
    return (
      plan.upstream.entry.deduplicate === true &&
      call.row.kind === 'tool' &&
      plan.target.traits?.isReadOnly !== true &&
      // A task is one run, whoever asked for it twice; the next round of one call is no repetition of it.
      call.message.params.task === undefined &&
      call.message.params.requestState === undefined &&
      call.message.params.inputResponses === undefined
    );
  }

  /** Faults of the one call that runs are everybody's. */
  async run(call: RequestCall, plan: OnePlan, out: Out, work: (out: Out) => Promise<void>): Promise<void> {
    const key = [
      call.caller.principal,
      plan.target.server,
      plan.target.original,
      canonical(call.message.params.arguments),
    ].join('\n');
    const running = this.#calls.get(key) ?? this.#begin(key, call, work);
    out.json(withId(await running, call.message.idText));
  }

  #begin(key: string, call: RequestCall, work: (out: Out) => Promise<void>): Promise<string> {
    const running = new Promise<string>((resolve, reject) => {
      const done = (json: string, fault: unknown): void => (fault ? reject(fault) : resolve(json));
      const part = new CollectOut({ idText: call.message.idText, requestId: call.exchange.id, done });
      work(part).catch(reject);
    });
    this.#calls.set(key, running);
    running.then(
      json => isSuccess(json) || this.#calls.delete(key),
      () => this.#calls.delete(key),
    );
    return running;
  }
}
