import type { ServerName } from '../base/index.ts';
import { isObject, LIST_CHANGED, type ListName, type Params } from '../mcp/index.ts';
import {
  followSession,
  followSubscription,
  modernMeta,
  OWN_LEGACY,
  type Upstream,
  type UpstreamSession,
} from '../upstream/index.ts';

type Watched = { readonly what: Upstream | UpstreamSession; readonly stop: () => void };

function announces(capabilities: Params): boolean {
  return ['tools', 'prompts', 'resources'].some(
    name => isObject(capabilities[name]) && capabilities[name].listChanged === true,
  );
}

/** Hears of changed lists as they happen, on one stream for each server that announces them. */
export class Watching {
  readonly #onChanged: (server: ServerName, list: ListName) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(onChanged: (server: ServerName, list: ListName) => void) {
    this.#onChanged = onChanged;
  }

  /** Watches a server that was just read; what is watched already stays. */
  watch(upstream: Upstream): void {
    const { entry, leg, eras } = upstream;
    const onData = (data: string): void => this.#read(entry.name, data);
    if (eras?.modern && announces(eras.modern.capabilities)) {
      const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
      const meta = modernMeta(0, upstream.ownOwner(OWN_LEGACY).client);
      this.#keep(`${entry.name} modern`, upstream, () => followSubscription(leg, filter, meta, onData));
    }
    const session = upstream.peek(upstream.ownOwner(OWN_LEGACY));
    if (session?.id !== undefined && announces(session.hello.capabilities)) {
      this.#keep(`${entry.name} legacy`, session, () => followSession(session, onData));
    }
  }

  /** The server is gone or has changed. */
  forget(server: ServerName): void {
    for (const key of [`${server} modern`, `${server} legacy`]) {
      this.#watched.get(key)?.stop();
      this.#watched.delete(key);
    }
  }

  close(): void {
    for (const { stop } of this.#watched.values()) stop();
    this.#watched.clear();
  }

  #keep(key: string, what: Upstream | UpstreamSession, start: () => () => void): void {
    const known = this.#watched.get(key);
    if (known?.what === what) return;
    known?.stop();
    this.#watched.set(key, { what, stop: start() });
  }

  #read(server: ServerName, data: string): void {
    const value: unknown = JSON.parse(data);
    const list =
      isObject(value) && typeof value.method === 'string' ? LIST_CHANGED.get(value.method) : undefined;
    if (list) this.#onChanged(server, list);
  }
}
