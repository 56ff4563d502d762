import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startGateway } from '../../support/gateway.ts';
import { legacyClient } from '../../support/mcp.ts';

const HABITS = fileURLToPath(new URL('../../fixtures/stdio/server.ts', import.meta.url));

it('T35: a command gets no descriptor that the gateway itself was started with', {
  timeout: 60_000,
}, async () => {
  const gateway = await startGateway({
    servers: { habits: { command: process.execPath, args: [HABITS] } },
    // Above those few that are closed in any case.
    runBy: ['bash', '-c', 'exec 200</etc/hostname; exec "$@"', 'bash'],
  });
  const client = await legacyClient({ url: gateway.url('/mcp/habits'), token: gateway.adminToken });
  const { message } = await client.request('tools/call', { name: 'who', arguments: {} });
  const [content] = (message.result?.content ?? []) as unknown as { text: string }[];
  const { fds } = JSON.parse(content?.text ?? '{}') as { fds: string[] };
  expect(fds.length).toBeGreaterThan(2);
  expect(fds.join('\n')).not.toContain('hostname');
  await gateway.close();
});
