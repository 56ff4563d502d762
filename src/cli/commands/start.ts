import type { Command } from 'commander';
import type { Flags } from '../../config/index.ts';
import { type Context, withExamples } from '../options.ts';

export function addStart(program: Command, { terminal }: Context): void {
  withExamples(
    program
      .command('start', { isDefault: true })
      .description('start the gateway (also without a command)')
      .option('--config <file>', 'configuration file (default ./authmcp.yaml)')
      .option('--host <address>', 'address to listen on (default 127.0.0.1 and ::1)')
      .option('--port <port>', 'port to listen on (default 8000)')
      .option('--data-dir <folder>', 'data directory (default ./data)')
      .option('--db-path <file>', 'a file in the data directory, as in version 1')
      .option('--env-file <file>', 'file of environment lines (default ./.env)')
      .option('--log-level <level>', 'fatal, error, warn, info, debug or trace (default info)'),
    'authmcp-gateway start',
    'authmcp-gateway start --port 9000 --data-dir /srv/authmcp',
    'MCP_PUBLIC_URL=https://mcp.example.com authmcp-gateway start --host 0.0.0.0',
  ).action(async (flags: Flags) => {
    const { start } = await import('../start/start.ts');
    await start(flags, terminal);
  });
  withExamples(
    program
      .command('demo')
      .description('start on temporary data with a sample server, a token and a curl line to paste')
      .option('--port <port>', 'port to listen on (default 8000, or the next free one)'),
    'authmcp-gateway demo',
  ).action(async (flags: Flags) => {
    const { demo } = await import('../start/demo.ts');
    await demo(flags, terminal);
  });
}
