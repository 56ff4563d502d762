import { type AddressRule, BlockedAddress, type Egress, type Target } from '../../http/index.ts';
import type { ServerEntry } from '../../mcp/index.ts';
import { connectSse } from '../sse/connect-sse.ts';
import type { Ring } from '../stdio/ring.ts';
import type { Supervisor } from '../stdio/supervisor.ts';
import { type Credential, LeasedTarget } from './leased.ts';
import type { Connect, Written } from './pipe.ts';
import type { PipeSink } from './pipe-sink.ts';
import { type PipeHooks, type PipeRequest, PipeWire } from './pipe-wire.ts';

/** Where requests to one server go, whatever carries them. */
export type Way = {
  readonly target: { send(request: PipeRequest, sink: PipeSink): () => void } | undefined;
  readonly path: string;
  /** Of servers that are reached over pipes. */
  readonly wire: PipeWire | undefined;
};

export type WayDeps = {
  readonly egress: Egress;
  readonly supervisor: Pick<Supervisor, 'idleMs' | 'connect'>;
  /** `allow` unless the settings say otherwise. */
  readonly isPrivateAllowed: boolean;
};

export type WayOptions = {
  /** Credential and configured headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly stderr: Ring;
  /** Where it is no fixed one. */
  readonly credential?: Credential | undefined;
  mayStart(): boolean;
} & Omit<PipeHooks, 'connect' | 'isShared' | 'idleMs' | 'silentMs'>;

/** Whether what a server's entry names may be private. */
export function addressRule(entry: ServerEntry, isPrivateAllowed: boolean): AddressRule {
  // A name that was public when it was added and resolves to a private address later was taken over.
  if (entry.addressClass === 'public') return { isPrivateAllowed: false };
  return { isPrivateAllowed: entry.private === undefined ? isPrivateAllowed : entry.private === 'allow' };
}

function targetOf(
  url: URL,
  entry: ServerEntry,
  { egress, isPrivateAllowed }: WayDeps,
  credential: Credential | undefined,
): Target | undefined {
  try {
    const target = egress.target(url, addressRule(entry, isPrivateAllowed));
    return credential ? new LeasedTarget(target, credential, entry.name) : target;
  } catch (error) {
    if (!(error instanceof BlockedAddress)) throw error;
    return undefined;
  }
}

/** A pipe that is not even tried while the server ends again and again. */
function patient(connect: Connect, mayStart: () => boolean): Connect {
  return events => {
    if (mayStart()) return connect(events);
    queueMicrotask(() => events.onEnd({ kind: 'paused' }));
    return { write: (_message: Buffer, done: Written) => done(undefined), close: () => {} };
  };
}

function overPipes(connect: Connect, entry: ServerEntry, options: WayOptions & { idleMs: number }): Way {
  const wire = new PipeWire({
    ...options,
    connect: patient(connect, options.mayStart),
    isShared: entry.stateless,
    // The call's own time began a moment before its request.
    silentMs: entry.timeoutMs * 0.9,
  });
  return { target: wire, path: '', wire };
}

/** The way to a server by its transport, or over HTTP+SSE at the same address where `isOlder`. */
export function openWay(entry: ServerEntry, deps: WayDeps, options: WayOptions, isOlder = false): Way {
  const { transport } = entry;
  const { supervisor } = deps;
  const pipes = { ...options, idleMs: supervisor.idleMs };
  if (transport.kind === 'stdio')
    return overPipes(supervisor.connect(entry.name, transport, options.stderr), entry, pipes);
  const url = new URL(transport.url);
  const target = targetOf(url, entry, deps, options.credential);
  const path = url.pathname + url.search;
  if (!target || (transport.kind === 'http' && !isOlder)) return { target, path, wire: undefined };
  return overPipes(connectSse({ target, url, headers: options.headers }), entry, pipes);
}
