import { cut, printable, randomToken, toFault } from '../../base/index.ts';
import { type Offer, readOffer } from '../../catalogue/index.ts';
import type { Log } from '../../ledger/index.ts';
import { isPerPerson, type Params, type ServerEntry } from '../../mcp/index.ts';
import {
  faultOf,
  OWN_LEGACY,
  OWN_MODERN,
  Supervisor,
  type SupervisorOptions,
  type Upstream,
  Upstreams,
  type UpstreamsDeps,
} from '../../upstream/index.ts';

export type Tried = {
  readonly ms: number;
  /** What it speaks; empty where it does not work. */
  readonly protocols: readonly string[];
  readonly serverInfo: Params | undefined;
  readonly offer: Offer | undefined;
  /** Why it does not work, in words of the gateway's own. */
  readonly error: string | undefined;
  /** It is there and wants an account, which each person connects; more is not known without one. */
  readonly wantsAccount: boolean;
};

export type ProberDeps = Omit<UpstreamsDeps, 'supervisor'> & {
  readonly rules: Omit<SupervisorOptions, 'log'>;
  readonly log: Log;
};

/** The last line that a command wrote to its error output. */
function lastWords(stderr: string): string {
  const line = stderr.split('\n').findLast(text => text.trim() !== '');
  return line === undefined ? '' : ` Its last words: ${printable(cut(line.trim(), 200))}`;
}

type Found = Omit<Tried, 'ms'>;

const NOTHING = { protocols: [], serverInfo: undefined, offer: undefined, wantsAccount: false } as const;
const NO_MCP = 'What answers there does not speak MCP';

const isRefusal = (reply: Parameters<typeof faultOf>[0]): boolean =>
  'status' in reply && (reply.status === 401 || reply.status === 403);

async function ask(upstream: Upstream, { clock }: ProberDeps, mayWant: boolean): Promise<Found> {
  const probed = await upstream.probeLegacy();
  if (probed.kind === 'unknown') {
    if (mayWant && isRefusal(probed.reply)) return { ...NOTHING, error: undefined, wantsAccount: true };
    throw faultOf(probed.reply, upstream.entry.name);
  }
  const { modern, legacy } = probed.eras;
  if (!modern && !legacy) return { ...NOTHING, error: `${NO_MCP}.` };
  const protocols = [legacy && '2025', modern && '2026-07-28'].filter(one => one !== undefined);
  const hello = modern ?? legacy;
  const offer = hello && (await readOffer(upstream, modern ? OWN_MODERN : OWN_LEGACY, clock));
  return { ...NOTHING, protocols, serverInfo: hello?.serverInfo, offer, error: undefined };
}

/**
 * Asks a server what it speaks and offers, by the code that calls it later, over connections and processes of its
 * own: what the gateway knows of the server, and its sessions, are not touched. Nothing that the server says when it
 * refuses is repeated.
 */
export async function tryServer(entry: ServerEntry, deps: ProberDeps): Promise<Tried> {
  // A mark of its own: a gateway that starts meanwhile ends what a former run of it left behind.
  const supervisor = new Supervisor({ ...deps.rules, log: deps.log, tag: randomToken(12) });
  const upstreams = new Upstreams({ ...deps, supervisor });
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    // Nobody's account is used: whether such a server is there shows without one.
    const isPersonal = isPerPerson(entry);
    const auth = isPersonal ? ({ kind: 'none' } as const) : entry.auth;
    upstreams.apply(new Map([[entry.name, { ...entry, auth, enabled: true }]]));
    const upstream = upstreams.get(entry.name);
    if (!upstream) throw new Error('The server was not taken');
    const found = await ask(upstream, deps, isPersonal).catch(thrown => {
      const error = `${toFault(thrown).message}.${lastWords(upstream.leg.stderr)}`;
      return { ...NOTHING, error };
    });
    return { ...found, ms: ms() };
  } finally {
    upstreams.close();
    await supervisor.close();
  }
}
