import type { Command } from 'commander';
import { SERVER_NAME } from '../../mcp/index.ts';
import { isHere } from '../here.ts';
import { type Context, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { type TokenFlags, tokenOf, withToken } from '../token-flags.ts';

type Flags = TokenFlags & {
  readonly server?: string;
  readonly url: string;
};

export function addStdio(program: Command, context: Context): void {
  withExamples(
    withToken(
      program
        .command('stdio')
        .description(
          'be an MCP server on standard input and output: a way to a running gateway for clients that only spawn',
        )
        .option('--server <name>', 'one server instead of all'),
    ).option('--url <url>', 'where the gateway is', 'http://127.0.0.1:8000'),
    'AUTHMCP_TOKEN=TOKEN authmcp-gateway stdio',
    'authmcp-gateway stdio --server github --token-file ~/.authmcp-token --url https://mcp.example.com',
  ).action(async (flags: Flags) => {
    const url = endpointOf(flags);
    const token = await tokenOf(flags);
    if (token === undefined)
      context.terminal.err('No token was given: set AUTHMCP_TOKEN, or give a file by --token-file.');
    if (token !== undefined && url.protocol === 'http:' && !isHere(url.hostname))
      context.terminal.err(`The token goes to ${url.host} unencrypted: use https for other machines.`);
    const { runStdio } = await import('../stdio/run-stdio.ts');
    const tell = (sentence: string): void => context.terminal.err(`authmcp-gateway stdio: ${sentence}`);
    const code = await runStdio({ url, token, input: process.stdin, output: process.stdout, tell });
    // After a signal standard input may still be open.
    process.stdin.destroy();
    if (code !== 0) throw new Refusal('No message reached the gateway.');
  });
}

/** `/mcp` or `/mcp/{server}` behind the address that was given, which may name it already. */
function endpointOf({ url: given, server }: Flags): URL {
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new Refusal(
      `${given} is no address: --url is like http://127.0.0.1:8000 or https://mcp.example.com.`,
    );
  if (server !== undefined && !SERVER_NAME.test(server))
    throw new Refusal(`${server} is no name of a server. See: authmcp-gateway server list`);
  const url = new URL(given);
  const base = url.pathname.replace(/\/+$/, '');
  const isWhole = /\/mcp(\/[^/]+)?$/.test(base) && server === undefined;
  const root = base.replace(/\/mcp$/, '');
  url.pathname = isWhole ? base : `${root}/mcp${server === undefined ? '' : `/${server}`}`;
  url.hash = '';
  return url;
}
