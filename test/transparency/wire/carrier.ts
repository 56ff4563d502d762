import { type Answered, openStream, post } from './http.ts';

/** One message of the client on its way, and what becomes of it. */
export type Sent = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
  /** Sees each message as it comes. */
  readonly onText?: ((text: string) => void | Promise<void>) | undefined;
};

/** How messages get to the server and back. */
export type Carrier = {
  readonly exchange: (sent: Sent) => Promise<Answered>;
  /** Begins to hear what belongs to no request: by a GET, or by a request whose answer is a stream. */
  readonly listen: (headers: Readonly<Record<string, string>>, body?: string) => Promise<void>;
  /** What came so. */
  readonly heard: () => readonly string[];
  /** Leaves out the changes that came so far. */
  readonly forget: () => void;
  /** `DELETE`, where there is such a thing. */
  readonly end: (headers: Readonly<Record<string, string>>) => Promise<number | undefined>;
  readonly close: () => Promise<void>;
};

/** Streamable HTTP: each message has a stream of its own. */
export function httpCarrier(url: string): Carrier {
  const streams: Awaited<ReturnType<typeof openStream>>[] = [];
  const accept = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  return {
    exchange: sent => post({ url, ...sent }),
    listen: async (headers, body) => {
      const init =
        body === undefined
          ? { headers: { ...headers, accept: 'text/event-stream' } }
          : { method: 'POST', headers: { ...accept, ...headers }, body };
      streams.push(await openStream(url, init));
    },
    heard: () => streams.flatMap(stream => stream.texts),
    forget: () => {
      for (const stream of streams) stream.forget();
    },
    end: async headers => (await fetch(url, { method: 'DELETE', headers })).status,
    close: async () => {
      for (const stream of streams) stream.close();
    },
  };
}
