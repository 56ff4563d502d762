import { join } from 'node:path';
import { Secret } from '../../../src/base/index.ts';
import type { Profile, ServerEntry } from '../../../src/mcp/index.ts';
import type { SessionOwner, Upstream } from '../../../src/upstream/index.ts';
import { entry } from './world.ts';

export const HABITS = join(import.meta.dirname, '../../fixtures/stdio/server.ts');

export const LEGACY: Profile = { era: 'legacy', revision: '2025-11-25', capabilities: 0 };

type More = Partial<ServerEntry> & {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly command?: string;
};

/** The fixture with bad habits as a configured command. */
export function command(name: string, flags: readonly string[] = [], more: More = {}): ServerEntry {
  const { env = {}, cwd, command = process.execPath, ...rest } = more;
  const secrets = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, new Secret(value)]));
  const transport = { kind: 'stdio', command, args: [HABITS, ...flags], env: secrets, cwd } as const;
  return entry(name, '', { transport, timeoutMs: 5000, protocol: 'legacy', ...rest });
}

export const owner = (principal: string, session?: string, profile = LEGACY): SessionOwner => ({
  principal,
  session,
  profile,
  client: { name: 'test', version: '1' },
});

/** Calls a tool in the owner's session: its text as JSON, or how it failed. */
export async function callTool(
  upstream: Upstream,
  whose: SessionOwner,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly value?: unknown; readonly failed?: unknown }> {
  const session = await upstream.session(whose);
  const params = { name, arguments: args };
  const reply = await upstream.leg.ask('tools/call', params, { headers: session.headers, ms: 5000 });
  if (reply.kind !== 'result') return { failed: reply.kind === 'failed' ? reply.failure : reply };
  const { content } = reply.result as { content: readonly { text: string }[] };
  return { value: JSON.parse(content[0]?.text ?? 'null') };
}
