import { LRUCache } from 'lru-cache';
import { isObject, members, splice } from '../../mcp/index.ts';
import type { RequestCall } from '../call.ts';
import { CollectOut, type Out } from '../out.ts';
import type { OnePlan } from '../route.ts';

const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

/** JSON with the keys of every object in order, so that equal arguments are equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.keys(value)
    .sort()
    .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${entries.join(',')}}`;
}

function withId(json: string, idText: string): Buffer {
  const bytes = Buffer.from(json);
  const range = members(bytes).get('id');
  return range ? splice(bytes, [{ ...range, text: idText }]) : bytes;
}

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
      plan.target.traits?.isReadOnly !== true
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
