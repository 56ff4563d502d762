import { isObject } from '../../mcp/index.ts';
import type { UpstreamSession } from '../session.ts';

/** What a server is told that asks where nobody can be asked; nothing for what is no question. */
function refusalOf(method: string): string {
  if (method === 'ping') return '"result":{}';
  if (method === 'elicitation/create') return '"result":{"action":"cancel"}';
  return '"error":{"code":-32601,"message":"Nobody can be asked outside of a call"}';
}

/** Answers a question of a server that belongs to no call of a client who could be asked. */
export function refuseQuestion(data: string, { leg, headers }: UpstreamSession): void {
  const value: unknown = JSON.parse(data);
  if (!isObject(value) || typeof value.method !== 'string' || value.id === undefined) return;
  void leg.tell(`{"jsonrpc":"2.0","id":${JSON.stringify(value.id)},${refusalOf(value.method)}}`, headers);
}
