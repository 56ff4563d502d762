import { type Secret, type ServerName, systemClock } from '../../base/index.ts';
import { createEgress } from '../../http/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { Leg } from '../../upstream/index.ts';
import { LineReader } from './line-reader.ts';
import { StdioBridge } from './stdio-bridge.ts';

export type StdioOptions = {
  /** The MCP endpoint of the gateway. */
  readonly url: URL;
  readonly token: Secret | undefined;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  tell(sentence: string): void;
};

/** How long what was asked before the end of input may still take. */
const LAST_MS = 10_000;

/** The gateway as a server that is called. */
function entryOf(url: URL, token: Secret | undefined): ServerEntry {
  return {
    name: 'gateway' as ServerName,
    title: 'gateway',
    source: 'file',
    transport: { kind: 'http', url: url.href },
    auth: token ? { kind: 'bearer', token } : { kind: 'none' },
    headers: {},
    prefix: '',
    enabled: true,
    timeoutMs: 0,
    protocol: 'auto',
    private: 'allow',
    stateless: false,
    grants: [],
    addressClass: undefined,
  };
}

function noPrograms(): never {
  throw new Error('A gateway is no program');
}

/** Resolves at the end of input, when nobody reads the output any more, and at SIGTERM, SIGINT or SIGHUP. */
function untilOver(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<'end' | 'now'> {
  return new Promise(resolve => {
    input.once('end', () => resolve('end'));
    input.once('error', () => resolve('now'));
    output.once('error', () => resolve('now'));
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve('now'));
  });
}

/** Serves one program until its input ends. Resolves with the exit code: 1 where the gateway never took a message. */
export async function runStdio({ url, token, input, output, tell }: StdioOptions): Promise<number> {
  const egress = createEgress();
  const leg = new Leg(entryOf(url, token), {
    egress,
    clock: systemClock,
    isPrivateAllowed: true,
    supervisor: { idleMs: 0, connect: noPrograms },
    onStatus: () => {},
    onBlocked: () => {},
    onStray: () => {},
    onRestart: () => {},
  });
  let lastTold = '';
  const bridge = new StdioBridge({
    leg,
    origin: url.origin,
    say: line => output.write(`${line}\n`),
    onceDrained: listener => void output.once('drain', listener),
    tell: sentence => {
      // The same trouble with each message is said once.
      if (sentence !== lastTold) tell(sentence);
      lastTold = sentence;
    },
  });
  const lines = new LineReader(line => bridge.hear(line));
  const over = untilOver(input, output);
  input.on('data', (chunk: Buffer) => lines.push(chunk));
  if ((await over) === 'end') {
    lines.end();
    const late = new Promise<void>(resolve => setTimeout(resolve, LAST_MS).unref());
    await Promise.race([bridge.idle(), late]);
  }
  await bridge.end();
  await egress.close();
  return bridge.hasConnected ? 0 : 1;
}
