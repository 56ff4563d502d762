import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Secret } from '../base/index.ts';
import { Refusal } from './refusal.ts';

export type TokenFlags = { readonly token?: string; readonly tokenFile?: string };

/** The flags of commands that come to a running gateway as a client does. */
export function withToken(command: Command): Command {
  return command
    .option(
      '--token <token>',
      'the token; others on this machine can read a command line, so rather one of the next',
    )
    .option('--token-file <file>', 'a file that holds the token (or AUTHMCP_TOKEN in the environment)');
}

/** The token that was given, in whichever way. */
export async function tokenOf({ token, tokenFile }: TokenFlags): Promise<Secret | undefined> {
  if (token !== undefined && tokenFile !== undefined)
    throw new Refusal('Give --token or --token-file, not both.');
  const { tokenHere } = await import('../config/index.ts');
  const text = token ?? (tokenFile === undefined ? tokenHere() : readToken(tokenFile));
  if (text === undefined || text.trim() === '') return undefined;
  if (!/^[\x21-\x7e]+$/.test(text.trim())) throw new Refusal('The token holds characters that no token has.');
  return new Secret(text.trim());
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(`${file} cannot be read.`);
  }
}
