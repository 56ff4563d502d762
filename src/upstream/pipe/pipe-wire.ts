import { randomToken } from '../../base/index.ts';
import type { EgressRequest } from '../../http/index.ts';
import { members, parseFrame } from '../../mcp/index.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import type { Connect, PipeEnd } from './pipe.ts';
import { type PipeSink, sayEnd } from './pipe-sink.ts';

export type PipeRequest = EgressRequest & {
  /** Does not wake a server, and keeps none awake. */
  readonly isWeak?: boolean;
};

/** `wasBusy`: somebody was calling or listening, who may open it again at once. */
export type Crash = { readonly livedMs: number; readonly wasBusy: boolean };

export type PipeHooks = Pick<ChannelOptions, 'idleMs' | 'silentMs' | 'onStray' | 'onDropped'> & {
  readonly connect: Connect;
  /** Sessions are shared by people too: the operator says that the server keeps nothing. */
  readonly isShared: boolean;
  /** What serves requests without a session was opened again. */
  onReopened(): void;
  /** A pipe ended by itself. */
  onCrash(crash: Crash): void;
};

const SESSION = 'mcp-session-id';

type Read = { readonly id: unknown; readonly method: string | undefined };

/** Of our own message, which is valid JSON. */
function read(bytes: Buffer): Read {
  const at = members(bytes);
  const valueAt = (name: string): unknown => {
    const range = at.get(name);
    return range && JSON.parse(bytes.toString('utf8', range.start, range.end));
  };
  const method = valueAt('method');
  return { id: valueAt('id'), method: typeof method === 'string' ? method : undefined };
}

/**
 * Speaks Streamable HTTP to the layers above and messages to pipes below: a session is a pipe of its own, and what
 * belongs to none goes to one that is kept for all, since a server of 2026-07-28 keeps nothing between requests.
 */
export class PipeWire {
  readonly #hooks: PipeHooks;
  readonly #sessions = new Map<string, Channel>();
  #stateless: Channel | undefined;
  #wasStateless = false;
  readonly #all = new Set<Channel>();

  constructor(hooks: PipeHooks) {
    this.#hooks = hooks;
  }

  /** Whether this session still has its pipe. */
  knows(session: string): boolean {
    return this.#sessions.has(session);
  }

  send(request: PipeRequest, sink: PipeSink): () => void {
    const session = request.headers[SESSION];
    if (request.method === 'DELETE') return this.#delete(session, sink);
    const channel = session === undefined ? this.#stateless : this.#sessions.get(session);
    if (request.method === 'GET') {
      if (!channel || session === undefined) return answer(sink, session === undefined ? 405 : 404);
      return channel.listen(sink);
    }
    const bytes = Buffer.from(request.body ?? '');
    const message = read(bytes);
    if (session === undefined) return this.#withoutSession(request, { bytes, message, sink });
    if (!channel) return answer(sink, 404);
    return post(channel, { bytes, message, sink });
  }

  /** Ends the pipe that serves requests without a session; the next such request opens another. */
  endStateless(): void {
    this.#wasStateless = false;
    this.#stateless?.close();
  }

  /** Nothing more comes; calls under way may end. */
  close(): void {
    for (const channel of [...this.#all]) channel.retire();
  }

  #delete(session: string | undefined, sink: PipeSink): () => void {
    const channel = session === undefined ? undefined : this.#sessions.get(session);
    channel?.close();
    return answer(sink, channel ? 200 : 404);
  }

  #withoutSession({ isWeak }: PipeRequest, posted: Posted): () => void {
    const { message, sink } = posted;
    if (message.method === 'initialize' && message.id !== undefined) return this.#initialize(posted);
    if (isWeak && !this.#stateless) {
      queueMicrotask(() => sink.onFailure({ kind: 'unreachable', cause: undefined }));
      return () => {};
    }
    return post(this.#stateless ?? this.#openStateless(), posted, isWeak);
  }

  #openStateless(): Channel {
    const channel = this.#open({ isShared: true, isTakingBack: true }, () => {
      this.#stateless = undefined;
    });
    this.#stateless = channel;
    if (this.#wasStateless) queueMicrotask(() => this.#hooks.onReopened());
    this.#wasStateless = true;
    return channel;
  }

  /** A new session; it is one when the server has agreed to it. */
  #initialize({ bytes, message, sink }: Posted): () => void {
    const session = randomToken(24);
    const kind = { isShared: this.#hooks.isShared, isTakingBack: false };
    const channel = this.#open(kind, () => this.#sessions.delete(session));
    this.#sessions.set(session, channel);
    let isRefused = false;
    const watched: PipeSink = {
      ...forwarded(sink),
      onData: chunk => {
        isRefused = isError(chunk);
        sink.onData(chunk);
      },
      onEnd: () => {
        if (isRefused) channel.close();
        sink.onEnd();
      },
      onFailure: failure => {
        channel.close();
        sink.onFailure(failure);
      },
    };
    const { id, method = '' } = message;
    return channel.request({ id, method, bytes, sink: watched, headers: { [SESSION]: session } });
  }

  #open(kind: Pick<ChannelOptions, 'isShared' | 'isTakingBack'>, onOver: () => void): Channel {
    const { connect, idleMs, silentMs, onStray, onDropped, onCrash } = this.#hooks;
    const openedAt = performance.now();
    const channel = new Channel(connect, {
      ...kind,
      idleMs,
      silentMs,
      onStray,
      onDropped,
      onOver: (over, crash) => {
        this.#all.delete(over);
        onOver();
        if (crash && wasRunning(crash.end))
          onCrash({ livedMs: performance.now() - openedAt, wasBusy: crash.wasBusy });
      },
    });
    this.#all.add(channel);
    return channel;
  }
}

/** Whether the last piece of an answer, whole or a frame of a stream, is an error. */
function isError(chunk: Buffer): boolean {
  const data = chunk[0] === 0x7b ? chunk : Buffer.from(parseFrame(chunk)?.data ?? '{}');
  return members(data).has('error');
}

/** Whether it had begun, so that its end is a crash, and no refusal to begin. */
function wasRunning(end: PipeEnd): boolean {
  return 'kind' in end && (end.kind === 'broken' || end.kind === 'invalid');
}

type Posted = { readonly bytes: Buffer; readonly message: Read; readonly sink: PipeSink };

function post(channel: Channel, { bytes, message, sink }: Posted, isWeak = false): () => void {
  const { id, method } = message;
  if (id !== undefined && method !== undefined) return channel.request({ id, method, bytes, sink, isWeak });
  // An answer comes later, as everything from outside.
  channel.tell(bytes, refused => queueMicrotask(() => sayEnd(sink, refused ?? { status: 202 })));
  return () => {};
}

function answer(sink: PipeSink, status: number): () => void {
  queueMicrotask(() => sayEnd(sink, { status }));
  return () => {};
}

function forwarded(sink: PipeSink): PipeSink {
  return {
    onOpening: () => sink.onOpening?.(),
    onAwake: () => sink.onAwake?.(),
    onStart: (status, headers, flow) => sink.onStart(status, headers, flow),
    onData: chunk => sink.onData(chunk),
    onEnd: () => sink.onEnd(),
    onFailure: failure => sink.onFailure(failure),
  };
}
