import type { LegacyClient, RpcMessage } from '../../support/mcp.ts';
import { readSse } from '../../support/sse.ts';

export type Heard = {
  readonly status: number;
  readonly messages: readonly RpcMessage[];
  readonly methods: () => readonly (string | undefined)[];
  /** Resolves when the other side ended the stream, or this side did. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

/** Keeps what comes on a stream that was opened with `signal`. */
export function hear(response: Response, aborted: AbortController): Heard {
  const messages: RpcMessage[] = [];
  const read = async () => {
    for await (const { data } of readSse(response.body)) if (data !== '') messages.push(JSON.parse(data));
  };
  return {
    status: response.status,
    messages,
    methods: () => messages.map(message => message.method),
    ended: read().catch(() => {}),
    close: () => aborted.abort(),
  };
}

/** The GET stream of a client of the older protocol. */
export async function openStream(client: LegacyClient): Promise<Heard> {
  const aborted = new AbortController();
  return hear(await client.listen(aborted.signal), aborted);
}
