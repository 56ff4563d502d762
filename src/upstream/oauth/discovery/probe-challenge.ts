import { BlockedAddress, type Egress } from '../../../http/index.ts';
import type { Params } from '../../../mcp/index.ts';
import { credentialHeaders } from '../../credential.ts';
import { modernHeaders, modernMeta } from '../../probe.ts';
import type { OAuthEntry } from '../account.ts';
import { OAuthTrouble } from '../trouble.ts';
import { urlOf } from './discover.ts';

/** What a server answered that was asked without a token. */
export type Unauthorized = { readonly status: number; readonly challenge: string | undefined };

type Probing = {
  readonly egress: Egress;
  readonly isPrivateAllowed: boolean;
  readonly ms: number;
  /** `clientInfo` of the gateway. */
  readonly client: Params;
};

const LIST = 'tools/list';

type Question = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/**
 * `tools/list`, since there are servers that protect it and let anybody say `initialize`; in the words of 2026-07-28
 * first, which may be refused before anybody looks for a token. Of the older transport only its stream can be asked for.
 */
function questionsOf({ transport, protocol }: OAuthEntry, client: Params): readonly Question[] {
  if (transport.kind === 'sse') return [{ method: 'GET', headers: { accept: 'text/event-stream' } }];
  const base = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const ask = (headers: Question['headers'], params: Params): Question => ({
    method: 'POST',
    headers: { ...base, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'authorization', method: LIST, params }),
  });
  const modern = ask(modernHeaders(LIST), { _meta: modernMeta(0, client) });
  const legacy = ask({}, {});
  return { auto: [modern, legacy], modern: [modern], legacy: [legacy] }[protocol];
}

/** Asks a server without a token, and reads no more than the heads of its answers. Throws OAuthTrouble. */
export async function probeChallenge(entry: OAuthEntry, probing: Probing): Promise<Unauthorized> {
  let answer: Unauthorized = { status: 0, challenge: undefined };
  for (const question of questionsOf(entry, probing.client)) {
    answer = await ask(entry, question, probing);
    if (answer.status === 401 || answer.status < 300) break;
  }
  return answer;
}

function ask(entry: OAuthEntry, { headers, ...question }: Question, probing: Probing): Promise<Unauthorized> {
  const url = urlOf(entry);
  const path = url.pathname + url.search;
  return new Promise((resolve, reject) => {
    let abort = (): void => {};
    const unreachable = (): void => {
      clearTimeout(timer);
      reject(new OAuthTrouble('unreachable', url.host));
    };
    const timer = setTimeout(() => {
      unreachable();
      abort();
    }, probing.ms);
    try {
      const target = probing.egress.target(url, { isPrivateAllowed: probing.isPrivateAllowed });
      abort = target.send(
        {
          ...question,
          path,
          headers: { ...credentialHeaders(entry), ...headers, 'accept-encoding': 'identity' },
        },
        {
          onStart(status, received, flow) {
            clearTimeout(timer);
            const field = received['www-authenticate'];
            const challenge = typeof field === 'object' ? field.join(', ') : field;
            resolve({ status, challenge: status === 401 ? challenge : undefined });
            flow.abort();
          },
          onData() {},
          onEnd() {},
          onFailure: unreachable,
        },
      );
    } catch (error) {
      if (!(error instanceof BlockedAddress)) throw error;
      unreachable();
    }
  });
}
