import { expect } from 'vitest';
import type { RpcAnswer } from '../../../support/mcp.ts';
import type { Ask } from './ruled.ts';

/** What an answer says, without what belongs to this one request. */
function said({ status, message }: RpcAnswer, name: string): unknown {
  const text = JSON.stringify({ status, error: message.error }).replaceAll(name, 'NAME');
  return text.replace(/"requestId":"[^"]*"/, '');
}

/** Denied and unknown are told apart by nothing. */
export async function isUnknown(
  ask: Ask,
  request: (name: string) => readonly [string, object],
  name: string,
  nothing: string,
) {
  const [denied, unknown] = [await ask(...request(name)), await ask(...request(nothing))];
  expect(denied.message.error, name).toBeDefined();
  expect(said(denied, name)).toBe(said(unknown, nothing));
}

export const call = (name: string) => ['tools/call', { name, arguments: {} }] as const;
