import { isObject, LIST_CHANGED, type ListName, type Params } from '../mcp/index.ts';
import {
  modernMeta,
  OWN_LEGACY,
  type Upstream,
  type Upstreams,
  watchSubscription,
} from '../upstream/index.ts';

type Watched = { readonly what: Upstream; readonly stop: () => void };

function announces(capabilities: Params): boolean {
  return ['tools', 'prompts', 'resources'].some(
    name => isObject(capabilities[name]) && capabilities[name].listChanged === true,
  );
}

/** The list that a message says to have changed. */
function changedIn(data: string): ListName | undefined {
  const value: unknown = JSON.parse(data);
  return isObject(value) && typeof value.method === 'string' ? LIST_CHANGED.get(value.method) : undefined;
}

/** Hears of changed lists as they happen, on one stream for each server, or account there, that announces them. */
export class Watching {
  readonly #onChanged: (key: string, list: ListName) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(onChanged: (key: string, list: ListName) => void) {
    this.#onChanged = onChanged;
  }

  /** Watches a server that was just read; what is watched already stays. */
  watch(upstream: Upstream): void {
    const { key, leg, eras } = upstream;
    const onData = (data: string): boolean => this.#read(key, data);
    if (eras?.modern && announces(eras.modern.capabilities)) {
      const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
      const meta = modernMeta(0, upstream.ownOwner(OWN_LEGACY).client);
      this.#keep(`${key} modern`, upstream, () => watchSubscription(leg, filter, meta, onData));
    }
    // A pipe says what concerns nobody without being asked; a stream would keep its program running.
    if (leg.isPiped) return;
    const owner = upstream.ownOwner(OWN_LEGACY);
    const session = upstream.peek(owner);
    if (session?.id !== undefined && announces(session.hello.capabilities))
      this.#keep(`${key} legacy`, upstream, () => upstream.hear(owner, onData));
  }

  /** What servers over pipes say by themselves, and that they run again; returns the way to stop. */
  hear(upstreams: Upstreams, onRestart: (upstream: Upstream) => void): () => void {
    const stops = [
      upstreams.onStray(({ key }, data) => this.#read(key, data)),
      upstreams.onRestart(onRestart),
    ];
    return () => stops.forEach(stop => void stop());
  }

  /** The server is gone or has changed. */
  forget(key: string): void {
    for (const what of [`${key} modern`, `${key} legacy`]) {
      this.#watched.get(what)?.stop();
      this.#watched.delete(what);
    }
  }

  close(): void {
    for (const { stop } of this.#watched.values()) stop();
    this.#watched.clear();
  }

  #keep(key: string, what: Upstream, start: () => () => void): void {
    const known = this.#watched.get(key);
    if (known?.what === what) return;
    known?.stop();
    this.#watched.set(key, { what, stop: start() });
  }

  /** Whether it was a changed list. */
  #read(key: string, data: string): boolean {
    const list = changedIn(data);
    if (list) this.#onChanged(key, list);
    return list !== undefined;
  }
}
