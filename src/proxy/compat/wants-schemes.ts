import { header } from '../../http/index.ts';
import type { RequestCall } from '../call.ts';

/** Whether lists of tools say which scope each one takes; `auto`: to who is known to read it. */
export type SchemesRule = 'auto' | 'on' | 'off';

/** ChatGPT's client is called `openai-mcp`. */
const READERS = /openai|chatgpt/i;

export function wantsSchemes({ client, exchange }: RequestCall, rule: SchemesRule): boolean {
  if (rule !== 'auto') return rule === 'on';
  const name = typeof client.name === 'string' ? client.name : '';
  return READERS.test(name) || READERS.test(header(exchange.request, 'user-agent') ?? '');
}
