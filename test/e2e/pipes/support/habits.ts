import type { LegacyClient, RpcMessage } from '../../../support/mcp.ts';
import { HABITS } from '../../../upstream/support/commands.ts';

/** The fixture with bad habits, as an entry of the configuration file. */
export const habits = (...flags: string[]) => ({
  command: process.execPath,
  args: [HABITS, ...flags],
  timeout: 5,
});

type Asking = Pick<LegacyClient, 'request'>;

export const call = (client: Asking, name: string, args: object = {}, more = {}) =>
  client.request('tools/call', { name, arguments: args, ...more });

/** What a tool of the fixture said, which is JSON. */
export function textOf({ result }: RpcMessage): unknown {
  const content = result?.content as unknown as readonly { readonly text: string }[] | undefined;
  return JSON.parse(content?.[0]?.text ?? 'null');
}

export async function namesOf(client: Asking): Promise<readonly string[] | undefined> {
  const { message } = await client.request('tools/list', {});
  const listed = message.result?.tools as unknown as readonly { name: string }[] | undefined;
  return listed?.map(({ name }) => name);
}
