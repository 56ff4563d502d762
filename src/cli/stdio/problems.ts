import { Fault, type FaultName } from '../../base/index.ts';
import { faultAsRpc } from '../../http/index.ts';
import { isObject } from '../../mcp/index.ts';

/** What went wrong with one message, said to the program by JSON-RPC and to the person by a sentence. */
export type Problem = {
  readonly fault: Fault;
  /** What happened and what to do; nothing where the answer itself is all there is to say. */
  readonly sentence: string | undefined;
  /** The gateway's own error, as JSON, where it gave one. */
  readonly error?: string;
};

type Row = { readonly fault: FaultName; readonly says: string; readonly todo: string };

const TOKEN_TODO =
  'Make one with "authmcp-gateway token create" and hand it over in AUTHMCP_TOKEN or by --token-file.';

const STATUSES: Readonly<Record<number, Row>> = {
  401: { fault: 'unauthorized', says: 'The gateway refuses the token.', todo: TOKEN_TODO },
  403: { fault: 'insufficient_scope', says: 'The token does not cover this.', todo: TOKEN_TODO },
  404: {
    fault: 'not_found',
    says: 'There is no such server for this token.',
    todo: 'Look at --server, and at what "authmcp-gateway grant list" says.',
  },
  421: {
    fault: 'wrong_host',
    says: 'The gateway does not answer to this name.',
    todo: 'Give its own address by --url.',
  },
  413: {
    fault: 'too_large',
    says: 'The message is larger than the gateway takes.',
    todo: 'Send less at once.',
  },
  429: { fault: 'limit_exceeded', says: 'The gateway’s limit is exceeded.', todo: 'Try again later.' },
};

const OTHER: Row = {
  fault: 'upstream_invalid',
  says: 'What answers is no gateway, or one in trouble.',
  todo: 'Look at --url and at the gateway’s log.',
};

/** The JSON-RPC error in a body, if there is one. */
function errorIn(body: string): { readonly text: string; readonly code: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (!isObject(value) || value.jsonrpc !== '2.0' || !isObject(value.error)) return undefined;
    return { text: JSON.stringify(value.error), code: value.error.code };
  } catch {
    return undefined;
  }
}

/** An answer with another status than 200. */
export function refusalProblem(status: number, body: string): Problem {
  const error = errorIn(body);
  const { fault, says, todo } = STATUSES[status] ?? OTHER;
  // What is wrong with one message is for the program that sent it.
  const isPersons = error === undefined || status === 401 || status === 403 || status >= 500;
  return {
    fault: new Fault(fault, {
      says: `${says} (HTTP ${status})`,
      data: { status, mayHaveRun: status >= 500 },
    }),
    sentence: isPersons ? `${says} (HTTP ${status}) ${todo}` : undefined,
    ...(error && { error: error.text }),
  };
}

/** No answer, or half of one. */
export function brokenProblem(wasSent: boolean, origin: string): Problem {
  if (wasSent) {
    const says = 'The connection to the gateway broke; the call may have run.';
    return {
      fault: new Fault('outcome_unknown', { says, data: { mayHaveRun: true } }),
      sentence: `${says} Whoever asked decides whether to ask again.`,
    };
  }
  const says = `The gateway at ${origin} cannot be reached.`;
  return {
    fault: new Fault('upstream_unreachable', { says, data: { mayHaveRun: false } }),
    sentence: `${says} Start it with "authmcp-gateway start", or give its address by --url.`,
  };
}

export function garbageProblem(): Problem {
  const fault = new Fault('parse_error', { says: 'Parse error: the line is not valid UTF-8 JSON' });
  return { fault, sentence: 'A line on standard input is no JSON-RPC message: messages are one line each.' };
}

/** The error for one request; without an id where none could be read. */
export function errorLine(problem: Problem, idText: string | undefined): string {
  if (problem.error === undefined) return faultAsRpc(problem.fault, idText, 'stdio');
  return `{"jsonrpc":"2.0",${idText === undefined ? '' : `"id":${idText},`}"error":${problem.error}}`;
}

export function codeOf({ error }: Problem): unknown {
  return error === undefined ? undefined : (JSON.parse(error) as { code?: unknown }).code;
}
