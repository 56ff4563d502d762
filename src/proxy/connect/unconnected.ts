import type { ConnectLinks } from '../../auth/index.ts';
import { Fault, type ServerName, toFault } from '../../base/index.ts';
import type { Live } from '../../live/index.ts';
import { canBeAsked, isObject, isPerPerson, META, type Params, rebuild, toFrame } from '../../mcp/index.ts';
import { withParams } from '../bridge/convert-call.ts';
import type { RequestCall } from '../call.ts';
import type { Out } from '../out.ts';
import type { WaitingForAccounts } from './waiting.ts';

export type ConnectDeps = {
  readonly live: Live;
  readonly connectLinks: ConnectLinks;
  readonly waitingForAccounts: WaitingForAccounts;
  readonly own: Params;
};

/** Under which key a client of 2026-07-28 answers that the page was opened. */
const KEY = 'authmcp_connect';
const URL_ELICITATION_REQUIRED = -32042;

type Page = {
  readonly server: ServerName;
  readonly title: string;
  readonly url: string;
  readonly id: string;
};

type Said = { readonly result: Params } | { readonly error: Params };

function send(call: RequestCall, out: Out, said: Said): void {
  const json = `{"jsonrpc":"2.0","id":${call.message.idText},${JSON.stringify(said).slice(1)}`;
  if (out.isStream) out.finish(toFrame(json));
  else out.json(json);
}

/** Some agents show the text of a failed tool and nothing of an error. */
function failedTool(call: RequestCall, text: string, { own }: ConnectDeps): Said {
  const result = { content: [{ type: 'text', text }], isError: true };
  if (call.profile.era === 'legacy') return { result };
  return { result: { resultType: 'complete', _meta: { [META.serverInfo]: own }, ...result } };
}

function messageOf({ title }: Page, why: unknown): string {
  if (why === 'scope')
    return `${title} needs more rights than you gave so far. Open the page to agree to them.`;
  return `${title} needs an account of your own. Open the page to connect it, then try again.`;
}

function wantsPage({ profile }: RequestCall): boolean {
  return canBeAsked('elicitation/create', { mode: 'url' }, profile.capabilities);
}

/** Whether the client was at the page already and did not want to. */
function hasDeclined({ message }: RequestCall): boolean {
  const answers = message.params.inputResponses;
  const answer = isObject(answers) ? answers[KEY] : undefined;
  return isObject(answer) && answer.action !== 'accept';
}

/** By what this client can do with a page, most of it first. Nothing is held open: the retry is a call of its own. */
function say(call: RequestCall, page: Page, why: unknown, deps: ConnectDeps): Said {
  const { url, id, server } = page;
  const message = messageOf(page, why);
  const { era, revision } = call.profile;
  const isCall = call.row.kind !== undefined && call.row.by !== 'ref';
  if (era === 'modern' && wantsPage(call) && isCall && !hasDeclined(call)) {
    const request = { method: 'elicitation/create', params: { mode: 'url', message, url } };
    const result = { resultType: 'input_required', inputRequests: { [KEY]: request } };
    return { result: { ...result, _meta: { [META.serverInfo]: deps.own } } };
  }
  if (era === 'legacy' && revision >= '2025-11-25' && wantsPage(call)) {
    const state = call.session?.state;
    if (state) deps.waitingForAccounts.add(call.caller.principal, server, { stream: () => state.stream, id });
    const elicitations = [{ mode: 'url', elicitationId: id, url, message }];
    return { error: { code: URL_ELICITATION_REQUIRED, message, data: { elicitations } } };
  }
  if (call.message.method === 'tools/call') return failedTool(call, `${message}\n${url}`, deps);
  throw new Fault('not_connected', { says: message, data: { server, url, mayHaveRun: false } });
}

/** Where only somebody else could help, that is said. */
function sayAdministrator(call: RequestCall, title: string, fault: Fault, deps: ConnectDeps): Said {
  const text = `An administrator has to connect ${title} first.`;
  if (call.message.method === 'tools/call') return failedTool(call, text, deps);
  throw new Fault('not_connected', { says: text, data: { ...fault.data } });
}

function answer(call: RequestCall, out: Out, fault: Fault, deps: ConnectDeps): void {
  const entry = deps.live.current().servers.get(fault.data?.server as ServerName);
  if (!entry) throw fault;
  call.entry.outcome = 'error';
  call.entry.fault = fault.fault;
  call.entry.code = fault.code;
  const { caller } = call;
  const canConnect = isPerPerson(entry) || caller.isAdmin;
  if (!canConnect) return send(call, out, sayAdministrator(call, entry.title, fault, deps));
  const { url, id } = deps.connectLinks.make(caller.principal, entry.name);
  send(call, out, say(call, { server: entry.name, title: entry.title, url, id }, fault.data?.why, deps));
}

/** The call without the answer that was meant for the gateway. */
function withoutOwnAnswer(call: RequestCall): RequestCall {
  const { message } = call;
  const { inputResponses } = message.params;
  if (!isObject(inputResponses) || !Object.hasOwn(inputResponses, KEY) || !message.paramsAt) return call;
  const { [KEY]: _, ...others } = inputResponses;
  const isMore = Object.keys(others).length > 0;
  const more = isMore ? { inputResponses: JSON.stringify(others) } : {};
  const bytes = rebuild(message.bytes, message.paramsAt, { without: new Set(['inputResponses']), more });
  const { inputResponses: __, ...params } = message.params;
  return {
    ...call,
    message: withParams(message, bytes, isMore ? { ...params, inputResponses: others } : params),
  };
}

/** Does the work of a call. Where the person has no account at its server, they are told where to connect one. */
export async function connected(
  call: RequestCall,
  out: Out,
  deps: ConnectDeps,
  work: (call: RequestCall) => Promise<void>,
): Promise<void> {
  try {
    await work(withoutOwnAnswer(call));
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.fault !== 'not_connected' || fault.data?.url !== undefined) throw thrown;
    answer(call, out, fault, deps);
  }
}
