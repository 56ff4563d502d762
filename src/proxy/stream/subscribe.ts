import { Fault } from '../../base/index.ts';
import { itemOf } from '../../catalogue/index.ts';
import { isObject, LIST_CHANGED, META, type Params, toFrame } from '../../mcp/index.ts';
import type { Upstream, Upstreams } from '../../upstream/index.ts';
import { ownerOf, type RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import { exposedUri } from '../place.ts';
import { mayStillUse } from '../relay/in-flight.ts';
import { serversFor, spokenWith, type Views } from '../route.ts';
import { followTasks } from '../tasks/follow-tasks.ts';
import type { TaskDeps } from '../tasks/tasks.ts';
import { type ChangeDeps, followChanges } from './changes.ts';
import type { Streams } from './streams.ts';

export type SubscribeDeps = ChangeDeps &
  TaskDeps & {
    readonly streams: Streams;
    readonly views: Views;
    readonly upstreams: Upstreams;
  };

/** How long the acknowledgement waits for the servers' own. */
const ACK_MS = 2_000;
const MAX_URIS = 1_000;

const FILTERS: ReadonlyMap<string, string> = new Map([
  ['toolsListChanged', 'notifications/tools/list_changed'],
  ['promptsListChanged', 'notifications/prompts/list_changed'],
  ['resourcesListChanged', 'notifications/resources/list_changed'],
]);

type Filter = { readonly lists: ReadonlyMap<string, string>; readonly uris: readonly string[] };

function readFilter(call: RequestCall): Filter {
  const { notifications } = call.message.params;
  if (!isObject(notifications))
    throw new Fault('invalid_params', {
      status: 400,
      says: 'Invalid params: notifications must be an object',
    });
  const uris = notifications.resourceSubscriptions ?? [];
  if (!Array.isArray(uris) || uris.length > MAX_URIS || !uris.every(uri => typeof uri === 'string')) {
    throw new Fault('invalid_params', {
      status: 400,
      says: `Invalid params: resourceSubscriptions must be a list of at most ${MAX_URIS} URIs`,
    });
  }
  return { lists: new Map([...FILTERS].filter(([name]) => notifications[name] === true)), uris };
}

/** A URI of the filter and who owns it; undefined for one that leads nowhere. */
function planOf(
  uri: string,
  call: RequestCall,
  { views, upstreams }: SubscribeDeps,
): { readonly upstream: Upstream; readonly original: string } | undefined {
  const target = views.of(call).findUri(uri);
  const upstream = target && upstreams.for(target.server, call.caller.principal);
  return upstream && { upstream, original: target.original };
}

/** One `subscriptions/listen` of a client: acknowledged first, every message stamped with its id. */
class Subscription {
  readonly #call: RequestCall;
  readonly #out: Out;
  readonly #stops: (() => void)[] = [];

  constructor(call: RequestCall, out: Out) {
    this.#call = call;
    this.#out = out;
  }

  get #stamp(): string {
    return `"_meta":{"${META.subscriptionId}":${this.#call.message.idText}}`;
  }

  send(method: string, members: Params = {}): void {
    const rest = JSON.stringify(members).slice(1, -1);
    this.#frame(
      `{"jsonrpc":"2.0","method":"${method}","params":{${this.#stamp}${rest === '' ? '' : `,${rest}`}}}`,
    );
  }

  /** A message that is stamped already. */
  tell(json: Buffer): void {
    this.#out.write(toFrame(json));
  }

  onStop(stop: () => void): void {
    this.#stops.push(stop);
  }

  /** A graceful end: told as cancelled, then answered, then closed (2026-07-28 cancellation and subscriptions). */
  end(): void {
    const { idText } = this.#call.message;
    this.#frame(
      `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${idText},${this.#stamp}}}`,
    );
    this.#frame(`{"jsonrpc":"2.0","id":${idText},"result":{"resultType":"complete",${this.#stamp}}}`);
    this.#out.end();
  }

  keepAlive(): void {
    this.#out.write(Buffer.from(': keep-alive\n\n'));
  }

  /** Resolves when the stream has closed, whoever closed it. */
  async closed(): Promise<void> {
    await new Promise<void>(resolve => this.#call.exchange.response.once('close', resolve));
    for (const stop of this.#stops) stop();
  }

  #frame(json: string): void {
    this.#out.write(Buffer.from(`event: message\ndata: ${json}\n\n`));
  }
}

/** Listens to one URI; resolves with it where its server will tell of it, or with nothing after a while. */
async function listenTo(
  uri: string,
  call: RequestCall,
  subscription: Subscription,
  deps: SubscribeDeps,
): Promise<readonly string[]> {
  const plan = planOf(uri, call, deps);
  if (!plan) return [];
  const { upstream, original } = plan;
  const owner = ownerOf(call, spokenWith(upstream, call.profile));
  const server = upstream.entry.name;
  const isAllowed = (told: string): boolean =>
    mayStillUse(call.caller, { server, item: itemOf('resource', told) }, deps.live.current());
  const work = upstream.subscribe(owner, original, updated => {
    const exposed =
      updated === original ? uri : exposedUri(updated, call.place, upstream.entry, deps.catalogue);
    if (isAllowed(updated)) subscription.send('notifications/resources/updated', { uri: exposed });
  });
  // One that is honoured too late to be acknowledged must not be told of.
  let isLate = false;
  const late = new Promise<undefined>(resolve => {
    setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, ACK_MS).unref();
  });
  work.then(
    got => got.kind === 'yes' && (isLate ? got.stop() : subscription.onStop(got.stop)),
    () => {},
  );
  const got = await Promise.race([work.catch(() => undefined), late]);
  return got?.kind === 'yes' ? [uri] : [];
}

/** Sessions with 2025 servers say what changes on their own streams, which are held while somebody listens. */
function hearServers(call: RequestCall, subscription: Subscription, deps: SubscribeDeps): void {
  for (const entry of serversFor(call.caller, call.place, deps.live)) {
    const upstream = deps.upstreams.for(entry.name, call.caller.principal);
    const profile = upstream && spokenWith(upstream, call.profile);
    if (!upstream || profile?.era !== 'legacy') continue;
    subscription.onStop(
      upstream.hear(ownerOf(call, profile), data => {
        const message: unknown = JSON.parse(data);
        const list = isObject(message) ? LIST_CHANGED.get(String(message.method)) : undefined;
        if (list) void deps.catalogue.listChanged(upstream.key, list);
        return list !== undefined;
      }),
    );
  }
}

/** `subscriptions/listen`: resolves when the stream has ended. Fault `invalid_params` for a filter that is none. */
export async function subscribe(call: RequestCall, out: Out, deps: SubscribeDeps): Promise<void> {
  const { lists, uris } = readFilter(call);
  const tasks = followTasks(call, deps);
  out.startStream();
  const subscription = new Subscription(call, out);
  const closed = subscription.closed();
  if (lists.size > 0) hearServers(call, subscription, deps);
  const following = tasks?.(subscription);
  const honoured = await Promise.all(uris.map(uri => listenTo(uri, call, subscription, deps)));
  const resourceSubscriptions = honoured.flat();
  const taskIds = await following;
  subscription.send('notifications/subscriptions/acknowledged', {
    notifications: {
      ...Object.fromEntries([...lists.keys()].map(name => [name, true])),
      ...(uris.length > 0 && { resourceSubscriptions }),
      ...(taskIds && { taskIds }),
    },
  });
  const wanted = new Set(lists.values());
  subscription.onStop(
    followChanges(
      {
        caller: call.caller,
        place: call.place,
        onChanged: method => wanted.has(method) && subscription.send(method),
        onOver: () => subscription.end(),
      },
      deps,
    ),
  );
  subscription.onStop(deps.streams.add(subscription));
  await closed;
}
