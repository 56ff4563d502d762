import type { RpcAnswer, RpcMessage } from '../../support/mcp.ts';

type Listed = Readonly<Record<string, unknown>>;

/** A list of a result; an answer without it is the test's error. */
export function listOf({ message }: { readonly message: RpcMessage }, member: string): readonly Listed[] {
  const list: unknown = message.result?.[member];
  if (!Array.isArray(list)) throw new Error(`No ${member} in ${JSON.stringify(message)}`);
  return list;
}

export const namesIn = (answer: RpcAnswer, member = 'tools'): string[] =>
  listOf(answer, member).map(one => String(one.name));

/** The text of the first piece of content. */
export const textOf = ({ message }: { readonly message: RpcMessage }): string =>
  String(message.result?.content?.[0]?.text);
