import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RpcMessage } from '../../support/mcp.ts';

export const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export type StdioChild = {
  /** What came on standard output; every line must be JSON. */
  readonly messages: readonly RpcMessage[];
  readonly stderr: () => string;
  readonly write: (line: unknown) => void;
  /** Sends a request and waits for the message with its id. */
  readonly ask: (method: string, params?: unknown) => Promise<RpcMessage>;
  readonly initialize: (capabilities?: object) => Promise<RpcMessage>;
  readonly until: (test: (message: RpcMessage) => boolean) => Promise<RpcMessage>;
  readonly endInput: () => void;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly exit: Promise<number | null>;
};

const alive = new Set<ReturnType<typeof spawn>>();
process.once('exit', () => alive.forEach(child => void child.kill('SIGKILL')));

/** `authmcp-gateway stdio` as a client starts it. */
export function startStdio(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): StdioChild {
  const child = spawn(process.execPath, [MAIN, 'stdio', ...args], {
    env: { ...process.env, AUTHMCP_TOKEN: undefined, ...env },
    stdio: 'pipe',
  });
  alive.add(child);
  const messages: RpcMessage[] = [];
  let stderr = '';
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const one of woken) one();
  };
  createInterface({ input: child.stdout }).on('line', line => {
    messages.push(JSON.parse(line));
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  const exit = new Promise<number | null>(resolve => {
    child.once('close', code => {
      alive.delete(child);
      resolve(code);
      wake();
    });
  });
  const write: StdioChild['write'] = line =>
    void child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  const until: StdioChild['until'] = async test => {
    for (;;) {
      const found = messages.find(test);
      if (found) return found;
      if (!alive.has(child)) throw new Error(`It has ended: ${stderr}`);
      await new Promise<void>(resolve => waiting.push(resolve));
    }
  };
  let lastId = 0;
  const ask: StdioChild['ask'] = (method, params) => {
    const id = ++lastId;
    write({ jsonrpc: '2.0', id, method, params });
    return until(one => one.id === id && one.method === undefined);
  };
  return {
    messages,
    stderr: () => stderr,
    write,
    ask,
    initialize: async (capabilities = {}) => {
      const clientInfo = { name: 'spawner', version: '1' };
      const answer = await ask('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo });
      write({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return answer;
    },
    until,
    endInput: () => child.stdin.end(),
    signal: name => child.kill(name),
    exit,
  };
}
