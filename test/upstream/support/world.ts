import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomToken, type ServerName } from '../../../src/base/index.ts';
import { createEgress } from '../../../src/http/index.ts';
import { createLog, Ledger } from '../../../src/ledger/index.ts';
import type { ServerEntry } from '../../../src/mcp/index.ts';
import { Supervisor, type SupervisorOptions, type Upstream, Upstreams } from '../../../src/upstream/index.ts';
import { createClock } from '../../auth/support/world.ts';
import { readBody, serve } from '../../fixtures/serve.ts';
import { createPlace } from '../../store/support/stores.ts';

export const entry = (name: string, url: string, more: Partial<ServerEntry> = {}): ServerEntry => ({
  name: name as ServerName,
  title: name,
  source: 'file',
  transport: { kind: 'http', url },
  auth: { kind: 'none' },
  headers: {},
  prefix: `${name}_`,
  enabled: true,
  timeoutMs: 1000,
  protocol: 'auto',
  private: undefined,
  stateless: false,
  grants: [],
  addressClass: undefined,
  ...more,
});

export type Message = {
  readonly method?: string;
  readonly id?: string | number;
  readonly params?: Readonly<Record<string, unknown>>;
};

export type Heard = Message & {
  readonly verb: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** What a server answers to a message; one that it does not know, it refuses. */
export type Script = Readonly<
  Record<string, (response: ServerResponse, message: Message, heard: readonly Heard[]) => void>
>;

export const result = (response: ServerResponse, id: unknown, value: unknown): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result: value }));
};

/** A server that does what its script says; the script may be changed while it runs. */
export async function startScripted(script: Script) {
  const heard: Heard[] = [];
  const state = { script };
  const served = await serve(async (request, response) => {
    const body = await readBody(request);
    const message: Message = body === '' ? {} : JSON.parse(body);
    heard.push({ ...message, verb: request.method ?? '', headers: request.headers });
    const act = state.script[message.method ?? request.method ?? ''];
    if (act) return act(response, message, heard);
    if (message.id === undefined) return void response.writeHead(202).end();
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'no' } }));
  });
  const count = (method: string) => heard.filter(one => one.method === method).length;
  return {
    url: `${served.origin}/mcp`,
    port: served.port,
    heard,
    count,
    close: served.close,
    play: (next: Script) => {
      state.script = next;
    },
  };
}

/** Real parts around `Upstreams`, with a clock of their own. */
export async function createUpstreamWorld(rules: Partial<SupervisorOptions> = {}) {
  const place = await createPlace('sqlite');
  const store = await place.open();
  const clock = createClock();
  const log = createLog('silent');
  const ledger = new Ledger({ store, clock, log });
  const egress = createEgress();
  const supervisor = new Supervisor({
    env: { PATH: process.env.PATH ?? '' },
    wrapper: [],
    folder: join(tmpdir(), `authmcp-servers-${process.pid}`),
    tag: randomToken(12),
    maxProcesses: 20,
    maxStarting: 4,
    idleMs: 60_000,
    log,
    ...rules,
  });
  const upstreams = new Upstreams({
    egress,
    supervisor,
    clock,
    ledger,
    isPrivateAllowed: true,
    client: { name: 'gateway', version: '0' },
  });
  const apply = (...entries: ServerEntry[]): readonly Upstream[] =>
    upstreams.apply(new Map(entries.map(one => [one.name, one])));
  const add = (one: ServerEntry): Upstream => {
    const [upstream] = apply(one);
    if (!upstream) throw new Error('The server was not taken over');
    return upstream;
  };
  return {
    store,
    clock,
    log,
    ledger,
    upstreams,
    supervisor,
    apply,
    add,
    close: async () => {
      upstreams.close();
      await supervisor.close();
      await egress.close();
      await ledger.stop();
      await place.remove();
    },
  };
}

export type UpstreamWorld = Awaited<ReturnType<typeof createUpstreamWorld>>;
