import { Fault } from '../../base/index.ts';
import type { View } from '../../catalogue/index.ts';
import { isObject, META, type Params } from '../../mcp/index.ts';
import { followSubscription, type Upstream, type Upstreams } from '../../upstream/index.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import type { Views } from '../route.ts';
import { type ChangeDeps, followChanges } from './changes.ts';
import type { Streams } from './streams.ts';

export type SubscribeDeps = ChangeDeps & {
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

/** The servers that own the URIs, with their own spelling of each and the client's. */
function groupByServer(
  uris: readonly string[],
  view: View,
  upstreams: Upstreams,
): Map<Upstream, Map<string, string>> {
  const groups = new Map<Upstream, Map<string, string>>();
  for (const uri of uris) {
    const target = view.findUri(uri);
    const upstream = target && upstreams.get(target.server);
    if (!target || !upstream?.speaks('modern')) continue;
    const group = groups.get(upstream) ?? new Map<string, string>();
    groups.set(upstream, group.set(target.original, uri));
  }
  return groups;
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

/** Listens to one server for these URIs; resolves with those that it will tell of, or with none after a while. */
function listenTo(
  upstream: Upstream,
  uris: ReadonlyMap<string, string>,
  call: RequestCall,
  subscription: Subscription,
): Promise<readonly string[]> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve([]), ACK_MS);
    const meta = isObject(call.message.params._meta) ? call.message.params._meta : {};
    const stop = followSubscription(upstream.leg, { resourceSubscriptions: [...uris.keys()] }, meta, data => {
      const message: unknown = JSON.parse(data);
      const params = isObject(message) && isObject(message.params) ? message.params : undefined;
      if (!isObject(message) || !params) return;
      if (message.method === 'notifications/subscriptions/acknowledged') {
        clearTimeout(timer);
        const honoured = isObject(params.notifications)
          ? params.notifications.resourceSubscriptions
          : undefined;
        resolve(Array.isArray(honoured) ? honoured.flatMap(uri => uris.get(uri) ?? []) : []);
      }
      const exposed = typeof params.uri === 'string' ? uris.get(params.uri) : undefined;
      if (message.method === 'notifications/resources/updated' && exposed !== undefined)
        subscription.send(message.method, { uri: exposed });
    });
    subscription.onStop(stop);
  });
}

/** `subscriptions/listen`: resolves when the stream has ended. Fault `invalid_params` for a filter that is none. */
export async function subscribe(call: RequestCall, out: Out, deps: SubscribeDeps): Promise<void> {
  const { lists, uris } = readFilter(call);
  const view = deps.views.of(call);
  out.startStream();
  const subscription = new Subscription(call, out);
  const closed = subscription.closed();
  const groups = groupByServer(uris, view, deps.upstreams);
  const honoured = await Promise.all(
    [...groups].map(([upstream, group]) => listenTo(upstream, group, call, subscription)),
  );
  const resourceSubscriptions = honoured.flat();
  subscription.send('notifications/subscriptions/acknowledged', {
    notifications: {
      ...Object.fromEntries([...lists.keys()].map(name => [name, true])),
      ...(uris.length > 0 && { resourceSubscriptions }),
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
