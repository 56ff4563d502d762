import { Refusal } from '../refusal.ts';
import { findFreePort, findPortOwner } from './port-owner.ts';

/** What the terminal says when the gateway cannot listen; any other error comes back as it is. */
export async function listenRefusal(
  error: unknown,
  port: number,
  addresses: readonly string[],
): Promise<unknown> {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return takenPort(port, addresses[0]);
    case 'EACCES':
      return new Refusal(`Port ${port} needs more rights than you have. Use --port 8000.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Refusal(
        `${addresses.join(', ')} is not an address of this machine. Correct --host, or leave it out.`,
      );
    default:
      return error;
  }
}

async function takenPort(port: number, host: string | undefined): Promise<Refusal> {
  const owner = findPortOwner(port);
  const next = await findFreePort(port + 1, host);
  const by = owner ? ` by ${owner.name} (pid ${owner.pid})` : '';
  const other = next === undefined ? 'Use another --port' : `Use --port ${next}`;
  return new Refusal(`Port ${port} is taken${by}. ${other}, or stop ${owner ? 'it' : 'what uses it'}.`);
}

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
}
