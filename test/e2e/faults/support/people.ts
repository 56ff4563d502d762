import type { GatewayHere } from '../../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer, type RpcMessage } from '../../../support/mcp.ts';
import { type Heard, hear, openStream } from '../../support/open-stream.ts';
import type { ClientEra } from '../kinds.ts';

type More = {
  readonly signal?: AbortSignal;
  readonly onMessage?: (message: RpcMessage) => void | Promise<void>;
  readonly progressToken?: string;
};

/** One person with one client. */
export type Person = {
  readonly mark: string;
  readonly call: (mark: string, more?: More) => Promise<RpcAnswer>;
  /** Calls the tool that asks; `between` is what happens while the client is asked. */
  readonly ask: (mark: string, between: () => Promise<void>, more?: More) => Promise<RpcAnswer>;
  readonly listen: () => Promise<Heard>;
  /** Takes back the call that was begun with this signal, which is the last one. */
  readonly cancel: (signal: AbortController) => Promise<void>;
};

const capabilities = { elicitation: {} };
const CONTENT = { action: 'accept', content: { word: 'yes' } };

const paramsOf = (name: string, mark: string, { progressToken }: More) => ({
  name,
  arguments: { mark },
  ...(progressToken !== undefined && { _meta: { progressToken } }),
});
const passed = ({ signal, onMessage }: More) => ({
  ...(signal && { signal }),
  ...(onMessage && { onMessage }),
});

export async function meet(
  gateway: GatewayHere,
  { server, era, name }: { readonly server: string; readonly era: ClientEra; readonly name: string },
): Promise<Person> {
  const mark = `${name}-${server}`;
  const token = await gateway.userToken(mark, [server]);
  const to = { url: gateway.url(`/mcp/${server}`), token, capabilities };
  return era === 'legacy' ? older(mark, to) : newer(mark, to);
}

type To = { readonly url: string; readonly token: string; readonly capabilities: object };

async function older(mark: string, to: To): Promise<Person> {
  const client = await legacyClient({ ...to, capabilities: { ...capabilities } });
  // Of `initialize` on: the ids that the client counts.
  let id = 1;
  const request = (method: string, params: object, more: object) => {
    id++;
    return client.request(method, params, more);
  };
  return {
    mark,
    call: (said, more = {}) => request('tools/call', paramsOf('do', said, more), passed(more)),
    ask: (said, between, more = {}) =>
      request('tools/call', paramsOf('ask', said, more), {
        ...passed(more),
        onMessage: async (message: RpcMessage) => {
          await more.onMessage?.(message);
          if (message.method !== 'elicitation/create') return;
          await between();
          await client.respond(message.id ?? '', CONTENT);
        },
      }),
    listen: () => openStream(client),
    cancel: async () => void (await client.notify('notifications/cancelled', { requestId: id })),
  };
}

async function newer(mark: string, to: To): Promise<Person> {
  const client = modernClient({ ...to, capabilities: { ...capabilities } });
  return {
    mark,
    call: (said, more = {}) => client.request('tools/call', paramsOf('do', said, more), passed(more)),
    ask: async (said, between, more = {}) => {
      const params = paramsOf('ask', said, more);
      const first = await client.request('tools/call', params);
      const { inputRequests = {}, requestState } = first.message.result ?? {};
      if (requestState === undefined) return first;
      await between();
      const inputResponses = Object.fromEntries(Object.keys(inputRequests).map(key => [key, CONTENT]));
      return client.request('tools/call', { ...params, requestState, inputResponses }, passed(more));
    },
    listen: async () => {
      const aborted = new AbortController();
      const wished = { notifications: { toolsListChanged: true } };
      const { body, headers } = client.draft('subscriptions/listen', wished);
      const response = await fetch(to.url, {
        method: 'POST',
        signal: aborted.signal,
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${to.token}`,
        },
        body: JSON.stringify({ ...body, id: 'listen' }),
      });
      return hear(response, aborted);
    },
    cancel: async signal => signal.abort(),
  };
}
