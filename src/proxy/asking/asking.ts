import { Fault } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { isObject, type Params, type ServerEntry } from '../../mcp/index.ts';
import type { Detecting } from '../inspecting/inspect.ts';

/** What a server may ask back within one call: one that samples in a loop drains its client's model. */
export const MAX_ASKED = 32;
/** A person's answer may take its time; after this the server's question is void. */
export const ANSWER_MS = 10 * 60_000;

export type Asker = {
  readonly entry: ServerEntry;
  readonly principal: string;
  readonly ledger: Ledger;
  readonly detecting: Detecting;
};

/** `message` is what the person reads instead; `refuse`: the question goes no further. */
export type Ruling = { readonly kind: 'ask'; readonly message?: string } | { readonly kind: 'refuse' };

const SECRETS = /pass(word|phrase|code)|secret|token|api.?key|private.?key|credential|\bpin\b|\botp\b/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function urlOf(value: unknown): URL | undefined {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
}

/** "MUST be secure" but for what never leaves the machine; the operator may name the hosts (client/elicitation). */
function isUrlAllowed(url: URL | undefined, { elicitationHosts }: ServerEntry): url is URL {
  if (url?.username !== '' || url.password !== '') return false;
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  return isSecure && (elicitationHosts === undefined || elicitationHosts.includes(url.hostname));
}

function secretFields({ requestedSchema }: Params): readonly string[] {
  const properties = isObject(requestedSchema) ? requestedSchema.properties : undefined;
  if (!isObject(properties)) return [];
  return Object.entries(properties)
    .filter(([name, one]) => SECRETS.test(name) || (isObject(one) && SECRETS.test(String(one.title ?? ''))))
    .map(([name]) => name.slice(0, 64));
}

/**
 * Whether and how a person is asked what a server wants to know. The page that a URL leads to is the server's, so the
 * person is told whose it is; forms that ask for secrets are noted: "MUST NOT" (client/elicitation, "Security").
 */
export function ruleOn(method: string, params: Params, asker: Asker): Ruling {
  if (method !== 'elicitation/create') return { kind: 'ask' };
  return params.mode === 'url' ? ruleOnPage(params, asker) : ruleOnForm(params, asker);
}

function ruleOnForm(params: Params, { entry, principal, ledger, detecting }: Asker): Ruling {
  const fields = secretFields(params);
  if (fields.length === 0) return { kind: 'ask' };
  const isBlocked = detecting.attitude('elicitation_secret') === 'block';
  const detail = { fields, action: isBlocked ? 'blocked' : 'logged' };
  const server = entry.name;
  ledger.event({ type: 'elicitation_secret', severity: 'medium', principal, server, detail });
  return { kind: isBlocked ? 'refuse' : 'ask' };
}

function ruleOnPage(params: Params, { entry, principal, ledger, detecting }: Asker): Ruling {
  const url = urlOf(params.url);
  const isSafe = isUrlAllowed(url, entry);
  const isAllowed = isSafe && detecting.attitude('elicitation_url') !== 'block';
  const host = url?.host.slice(0, 255) ?? '';
  const detail = { host, allowed: isAllowed, action: isAllowed ? 'logged' : 'blocked' };
  const [severity, server] = [isSafe ? 'low' : 'high', entry.name] as const;
  ledger.event({ type: 'elicitation_url', severity, principal, server, detail });
  if (!isAllowed) return { kind: 'refuse' };
  const said = typeof params.message === 'string' ? params.message : '';
  return { kind: 'ask', message: `${server}: ${said}` };
}

/** Where a question cannot be left out of an answer, the answer is not told. */
export function notAllowed({ entry }: Asker): Fault {
  const data = { server: entry.name, mayHaveRun: true };
  return new Fault('upstream_invalid', { says: 'The server asks in a way that is not allowed', data });
}
