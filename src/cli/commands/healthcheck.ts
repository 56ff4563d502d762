import { get } from 'node:http';
import type { Command } from 'commander';
import { type Context, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';

type Flags = { readonly url?: string; readonly envFile?: string; readonly port?: string };

export function addHealthcheck(program: Command, context: Context): void {
  withExamples(
    program
      .command('healthcheck')
      .description('exit with 0 when the gateway of this machine answers, with 1 otherwise')
      .option('--url <url>', 'what to ask (default http://127.0.0.1:PORT/livez)')
      .option('--port <port>', 'the port to ask'),
    'authmcp-gateway healthcheck && echo alive',
  ).action(async (flags: Flags) => {
    const { portHere } = await import('../../config/index.ts');
    const port = flags.port ?? portHere();
    const url = flags.url ?? `http://127.0.0.1:${port}/livez`;
    const status = await ask(url);
    if (status !== 200) throw new Refusal(`${url} answered ${status}.`);
    context.terminal.out('ok');
  });
}

function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Refusal(`${url} does not answer.`));
    if (!URL.canParse(url) || !url.startsWith('http:')) return fail();
    const request = get(url, { timeout: 3000, agent: false }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', fail);
  });
}
