import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readSse } from '../../support/sse.ts';
import { member, tryText } from '../json-text.ts';
import type { Carrier, Sent } from './carrier.ts';
import { type Answered, until } from './http.ts';

/** One way there and one back, which all messages share. */
type Pipe = {
  readonly send: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Waiting = { readonly sent: Sent; readonly texts: string[]; readonly done: (broken?: string) => void };

/** These belong to no request, so they are not said within one. */
const ALONE = /_changed"|resources\/updated"|tasks\/status"|notifications\/tasks"|subscriptionId"/;

class Channel {
  readonly heard: string[] = [];
  readonly waiting = new Map<string, Waiting>();

  take(text: string): void {
    const message = tryText(text);
    const isSaid = member(message, 'method') !== undefined;
    if (!isSaid) {
      const one = this.waiting.get(member(message, 'id')?.text ?? '');
      one?.texts.push(text);
      return one?.done();
    }
    const [current] = [...this.waiting.values()].slice(-1);
    if (current === undefined || ALONE.test(text)) return void this.heard.push(text);
    current.texts.push(text);
    void current.sent.onText?.(text);
  }
}

const isModern = (body: string) => body.includes('io.modelcontextprotocol/protocolVersion');

/** A carrier over one pipe: answers are told apart by their ids. */
function overPipe(channel: Channel, pipe: Pipe): Carrier {
  const exchange = (sent: Sent): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const id = member(tryText(sent.body), 'id')?.text;
      const texts: string[] = [];
      const rest = { status: 200, type: '', session: undefined, texts };
      const isRequest = id !== undefined && member(tryText(sent.body), 'method') !== undefined;
      const done = (broken?: string) => {
        if (id !== undefined) channel.waiting.delete(id);
        resolve({ ...rest, broken });
      };
      if (isRequest) channel.waiting.set(id, { sent, texts, done });
      sent.signal?.addEventListener('abort', () => {
        if (isModern(sent.body))
          void pipe.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`);
        done('left');
      });
      pipe.send(sent.body).then(() => isRequest || done(), reject);
    });
  return {
    exchange,
    listen: async (_headers, body) => {
      if (body !== undefined) await pipe.send(body);
    },
    heard: () => channel.heard,
    forget: () =>
      void channel.heard.splice(
        0,
        channel.heard.length,
        ...channel.heard.filter(text => !/_changed"|\/updated"/.test(text)),
      ),
    end: async () => undefined,
    close: pipe.close,
  };
}

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** `authmcp-gateway stdio`, for clients that only spawn. */
export async function stdioCarrier(origin: string, server: string, token: string): Promise<Carrier> {
  const args = [MAIN, 'stdio', '--url', origin, '--server', server];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, AUTHMCP_TOKEN: token },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const channel = new Channel();
  createInterface({ input: child.stdout }).on('line', line => channel.take(line));
  return overPipe(channel, {
    // A message is one line: a break between two tokens is only space.
    send: async text => void child.stdin.write(`${text.replaceAll('\n', ' ')}\n`),
    // It ends by itself then, and nobody has to wait for that.
    close: async () => void child.stdin.end(),
  });
}

/** HTTP+SSE of 2024-11-05: one stream, and an address for what goes there. */
export async function sseCarrier(url: string, headers: Readonly<Record<string, string>>): Promise<Carrier> {
  const cut = new AbortController();
  const response = await fetch(url, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: cut.signal,
  });
  const channel = new Channel();
  let address: string | undefined;
  const read = async () => {
    for await (const { event, data } of readSse(response.body)) {
      if (event === 'endpoint') address = new URL(data, url).href;
      else if (data !== '') channel.take(data);
    }
  };
  read().catch(() => {});
  await until(() => address !== undefined);
  return overPipe(channel, {
    send: async body => {
      const sent = await fetch(address ?? url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      await sent.arrayBuffer();
      if (sent.status !== 202) throw new Error(`${sent.status} to a message`);
    },
    close: async () => cut.abort(),
  });
}
