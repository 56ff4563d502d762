import type { GatewayHere } from '../../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcMessage } from '../../../support/mcp.ts';

export const ALL = { sampling: {}, roots: {}, elicitation: { form: {}, url: {} } };

export type Asked = { readonly method: string; readonly params?: Record<string, unknown> };
type Declared = Readonly<Record<string, unknown>>;
export type Seen = { readonly asked: readonly Asked[]; readonly text: string; readonly last: RpcMessage };

/** Clients of both eras that call a tool and accept whatever they are asked. */
export function askers(gateway: () => GatewayHere) {
  /** Calls as a client of 2025 that accepts whatever it is asked. */
  async function asOld(server: string, name: string, args = {}, capabilities: Declared = ALL): Promise<Seen> {
    const client = await legacyClient({
      url: gateway().url(`/mcp/${server}`),
      token: gateway().adminToken,
      capabilities,
    });
    const asked: Asked[] = [];
    const { text, message } = await client.request(
      'tools/call',
      { name, arguments: args },
      {
        onMessage: async ({ id, method, params }) => {
          if (method === undefined || id === undefined || id === null) return;
          asked.push({ method, params: params as Record<string, unknown> });
          await client.respond(id, { action: 'accept', content: {} });
        },
      },
    );
    return { asked, text, last: message };
  }

  /** The same as a client of 2026. */
  async function asNew(server: string, name: string, args = {}, capabilities: Declared = ALL): Promise<Seen> {
    const client = modernClient({
      url: gateway().url(`/mcp/${server}`),
      token: gateway().adminToken,
      capabilities,
    });
    const asked: Asked[] = [];
    let more = {};
    for (let round = 0; round < 60; round++) {
      const { text, message } = await client.request('tools/call', { name, arguments: args, ...more });
      const result = message.result as Record<string, unknown> | undefined;
      if (result?.resultType !== 'input_required') return { asked, text, last: message };
      const requests = (result.inputRequests ?? {}) as Record<string, Asked>;
      asked.push(...Object.values(requests));
      const inputResponses = Object.fromEntries(
        Object.keys(requests).map(key => [key, { action: 'accept', content: {} }]),
      );
      more = { inputResponses, requestState: result.requestState };
    }
    throw new Error('asked without end');
  }

  return { asOld, asNew };
}
