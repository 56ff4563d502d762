import type { Server, Socket } from 'node:net';
import type { FaultKind, Phase, Transport } from '../kinds.ts';
import type { Line } from './line.ts';

export type Plan = { readonly phase: Phase; readonly fault: FaultKind; readonly mark: string };

/** A call under way: on which connection its answer goes, and what else it needs. */
export type Call = {
  readonly id: string | number;
  readonly mark: string;
  readonly token: string | number | undefined;
  readonly post: Socket | undefined;
  /** Begun already where the transport has one stream for all. */
  readonly line: Line;
  readonly pid?: number | undefined;
};

/**
 * A program over stdio without a word of its own: what it hears goes to a port of the test, and what comes from there it
 * says.
 */
const RELAY = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
const leave = () => process.exit(0);
socket.on('error', leave).on('close', leave);
socket.write(process.pid + '\\n');
process.stdin.on('end', leave);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
`;

/** What a server runs on, and what can befall that: its sockets, its processes, its memory. */
export abstract class Machine {
  readonly transport: Transport;
  readonly #timeout: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #port = 0;
  #close = (): Promise<void> => Promise.resolve();
  plan: Plan | undefined;
  readonly sockets = new Set<Socket>();
  readonly pids = new Set<number>();
  protected readonly sessions = new Set<string>();
  /** Who listens: by the connection, with the id of the request in 2026-07-28. */
  readonly streams = new Map<Line, string | number | undefined>();
  readonly inFlight = new Map<string, Call>();
  /** Streams that look open and are not. */
  readonly deaf = new Set<Line>();
  /** Marks of calls that ran, and ids of what was taken back. */
  readonly ran: string[] = [];
  readonly cancelled: unknown[] = [];
  /** What went wrong with going wrong. */
  readonly problems: unknown[] = [];
  /** What new streams, or answers to questions, are told instead. */
  refusing: FaultKind | undefined;
  refused = 0;
  sessionsOpened = 0;
  protected forgetting: 404 | 400 | 'silence' = 404;

  /** `timeout`: in seconds, how long the gateway waits for it. */
  constructor(transport: Transport, timeout = 1) {
    this.#timeout = timeout;
    this.transport = transport;
  }

  protected abstract listener(): Server;

  get isModern(): boolean {
    return this.transport === 'http-2026';
  }

  /** As it stands in the configuration file. */
  get draft(): { readonly [key: string]: unknown } {
    const timeout = this.#timeout;
    const at = `http://127.0.0.1:${this.#port}`;
    const args = ['-e', RELAY, '--', String(this.#port)];
    if (this.transport === 'stdio') return { command: process.execPath, args, protocol: 'legacy', timeout };
    if (this.transport === 'sse') return { type: 'sse', url: `${at}/sse`, timeout };
    return { url: `${at}/mcp`, protocol: this.isModern ? 'modern' : 'legacy', timeout };
  }

  async start(): Promise<this> {
    const server = this.listener();
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {}).once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    this.#port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    this.#close = () => new Promise(resolve => server.close(() => resolve()));
    return this;
  }

  async close(): Promise<void> {
    this.heal();
    this.closeIdle();
    await this.#close();
  }

  arm(plan: Plan): void {
    this.plan = plan;
  }

  /** Everything is well again, as after a start. */
  heal(): void {
    this.plan = undefined;
    this.refusing = undefined;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.transport !== 'stdio') for (const line of this.deaf) line.end();
    this.deaf.clear();
    for (const pid of this.pids) this.signal(pid, 'SIGCONT');
  }

  every(ms: number, act: () => void): void {
    this.#timers.add(setInterval(act, ms));
  }

  /** As a server that ends at once and starts again: it remembers no session. */
  kill(pid?: number): void {
    if (this.transport === 'stdio') {
      for (const one of pid === undefined ? this.pids : [pid]) this.signal(one, 'SIGKILL');
      return;
    }
    this.sessions.clear();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Whether a process is there; one that was not waited for yet is. */
  lives(pid: number): boolean {
    this.signal(pid, 'SIGCONT');
    return this.pids.has(pid);
  }

  signal(pid: number, name: NodeJS.Signals): void {
    try {
      process.kill(pid, name);
    } catch {
      this.pids.delete(pid);
    }
  }

  /** Its sessions are unknown, of which it speaks in this way. */
  forget(how: 404 | 400 | 'silence'): void {
    this.sessions.clear();
    this.forgetting = how;
  }

  /** As a server whose time for idle connections is over. */
  closeIdle(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
