import { createHash } from 'node:crypto';
import type { ServerTransport } from '../../mcp/index.ts';

/** What is noted of a command that will run as code: all of it but the environment, and its digest. */
export function commandLine({ command, args }: Extract<ServerTransport, { kind: 'stdio' }>): {
  readonly argv: readonly string[];
  readonly sha256: string;
} {
  const argv = [command, ...args];
  return { argv, sha256: createHash('sha256').update(JSON.stringify(argv)).digest('hex') };
}
