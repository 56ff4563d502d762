import type { LegacyClient, RpcMessage } from '../../support/mcp.ts';
import { readSse, type SseEvent } from '../../support/sse.ts';

export type EventStream = {
  readonly status: number;
  readonly type: string | null;
  readonly events: readonly SseEvent[];
  readonly messages: () => readonly RpcMessage[];
  readonly ids: () => readonly (string | undefined)[];
  /** Of the last event that had one. */
  readonly lastId: () => string;
  readonly ended: Promise<void>;
  /** As a network does it that breaks. */
  readonly cut: () => void;
};

/** Keeps the events of a stream as they come, with their ids. */
async function openEvents(open: (signal: AbortSignal) => Promise<Response>): Promise<EventStream> {
  const aborted = new AbortController();
  const response = await open(aborted.signal);
  const events: SseEvent[] = [];
  const read = async () => {
    for await (const event of readSse(response.body)) events.push(event);
  };
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    events,
    messages: () => events.filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data)),
    ids: () => events.filter(({ data }) => data !== '').map(({ id }) => id),
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id ?? 'none',
    ended: read().catch(() => {}),
    cut: () => aborted.abort(),
  };
}

export type Caller = { readonly url: string; readonly token: string; readonly revision?: string };

/** A call whose answer is read as a stream of events, with the session and id given. */
export function callEvents(
  { url, token, revision = '2025-11-25' }: Caller,
  client: LegacyClient,
  params: unknown,
): Promise<EventStream> {
  return openEvents(signal =>
    fetch(url, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        'mcp-protocol-version': revision,
        'mcp-session-id': client.sessionId ?? '',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params }),
    }),
  );
}

/** GET, with or without the event to go on from. */
export const listenEvents = (client: LegacyClient, lastEventId?: string): Promise<EventStream> =>
  openEvents(signal =>
    client.listen(signal, lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  );
