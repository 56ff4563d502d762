import { randomBytes } from 'node:crypto';
import type { TraceContext } from '../../mcp/index.ts';
import type { ActivityRow } from '../../store/index.ts';
import type { Entry } from '../kinds/entry.ts';
import type { SpanExporter } from './exporter.ts';
import { type Attributes, nameOf, targetAttributes } from './span.ts';

const hex = (bytes: number) => randomBytes(bytes).toString('hex');
const epochMs = (at: number) => performance.timeOrigin + at;

/** What the request says of itself that its entry does not. */
export type Begun = {
  readonly parent: TraceContext | undefined;
  readonly requestId: string;
  readonly revision: string;
};

/** A request to a server: whose it is, and what it is there. */
export type Asked = {
  readonly method: string;
  readonly target: string | undefined;
  readonly revision: string;
  /** Of the server. */
  readonly attributes: Attributes;
};

type Running = Begun & { readonly traceId: string; readonly spanId: string };

type Deps = {
  readonly exporter: SpanExporter;
  /** The share of traces that begin here and are recorded; what comes with a trace follows its sender. */
  readonly ratio: number;
};

/** What a server said no with, or the tool; the code of JSON-RPC where that is all. */
function errorOf({ outcome, fault, code }: Pick<ActivityRow, 'outcome' | 'fault' | 'code'>): Attributes {
  if (outcome === 'ok') return {};
  const status = code === undefined ? undefined : String(code);
  const type = fault ?? (outcome === 'error' ? (status ?? 'tool_error') : outcome);
  return { 'error.type': type, 'rpc.response.status_code': status };
}

const isBad = ({ outcome }: Pick<ActivityRow, 'outcome'>) => outcome === 'error' || outcome === 'refused';

/**
 * Makes spans of the requests of clients, from their entries in the ledger, and of what goes to servers for them. Who
 * is not recorded leaves no mark: the trace context passes as the client sent it.
 */
export class Tracer {
  readonly #deps: Deps;
  readonly #running = new WeakMap<object, Running>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A request begins. The entry learns its trace. */
  begin(entry: Entry, begun: Begun): void {
    const { parent } = begun;
    const isSampled = parent ? parent.isSampled : Math.random() < this.#deps.ratio;
    if (!isSampled || this.#running.has(entry)) return;
    const traceId = parent?.traceId ?? hex(16);
    entry.traceId = traceId;
    this.#running.set(entry, { ...begun, traceId, spanId: hex(8) });
  }

  /** The entry is closed: its span has ended. */
  end(row: ActivityRow): void {
    const running = this.#running.get(row);
    const { method } = row;
    if (!running || method === undefined) return;
    const { traceId, spanId, parent, requestId, revision } = running;
    const from = epochMs((row as Entry).startedAt);
    const what = { method, target: row.target };
    this.#deps.exporter.add({
      ...{ traceId, spanId, parentId: parent?.spanId },
      ...{ kind: 'server', name: nameOf(what), from, to: from + row.durationMs, isError: isBad(row) },
      attributes: {
        ...targetAttributes(what),
        'mcp.protocol.version': revision,
        'mcp.session.id': row.session,
        'jsonrpc.request.id': requestId,
        'network.transport': 'tcp',
        'network.protocol.name': 'http',
        'user.id': row.principal,
        'authmcp.request.id': row.id,
        'authmcp.server': row.server,
        ...errorOf(row),
      },
    });
  }

  /** A request to a server begins; undefined where the client's is not recorded. */
  ask(entry: Entry, asked: Asked): ServerSpan | undefined {
    const running = this.#running.get(entry);
    return running && new ServerSpan(running, asked, this.#deps.exporter);
  }
}

/** One request to a server, under the request that it is made for. */
export class ServerSpan {
  /** What the server is told. */
  readonly context: TraceContext;
  readonly #parentId: string;
  readonly #asked: Asked;
  readonly #exporter: SpanExporter;
  readonly #from = epochMs(performance.now());

  constructor({ traceId, spanId }: Running, asked: Asked, exporter: SpanExporter) {
    this.context = { traceId, spanId: hex(8), isSampled: true };
    this.#parentId = spanId;
    this.#asked = asked;
    this.#exporter = exporter;
  }

  /** The answer is there, or none came. */
  end(how: Pick<ActivityRow, 'outcome' | 'fault' | 'code'>): void {
    const { method, target, revision, attributes } = this.#asked;
    const { traceId, spanId } = this.context;
    this.#exporter.add({
      ...{ traceId, spanId, parentId: this.#parentId, kind: 'client', name: nameOf({ method, target }) },
      ...{ from: this.#from, to: epochMs(performance.now()), isError: isBad(how) },
      attributes: {
        ...targetAttributes({ method, target }),
        'mcp.protocol.version': revision,
        ...attributes,
        ...errorOf(how),
      },
    });
  }
}
