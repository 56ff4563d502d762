import { Command, CommanderError } from 'commander';
import { printable } from '../base/index.ts';
import { addCompletion } from './commands/completion.ts';
import { addCreateAdmin } from './commands/create-admin.ts';
import { addGrantCommands } from './commands/grant.ts';
import { addHealthcheck } from './commands/healthcheck.ts';
import { addInitDb } from './commands/init-db.ts';
import { addServerCommands } from './commands/server.ts';
import { addSetupLink } from './commands/setup-link.ts';
import { addStart } from './commands/start.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUserCommands } from './commands/user.ts';
import { addVersion } from './commands/version.ts';
import { Refusal } from './refusal.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line (without program and script) and returns the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('authmcp-gateway')
    .description('One authenticated endpoint in front of many MCP servers.')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.out(text.replace(/\n$/, '')),
      writeErr: text => terminal.err(text.replace(/^error: /, '').replace(/\n$/, '')),
    });
  const context = { terminal };
  addStart(program, context);
  addServerCommands(program, context);
  addUserCommands(program, context);
  addGrantCommands(program, context);
  addTokenCommands(program, context);
  addCreateAdmin(program, context);
  addSetupLink(program, context);
  addInitDb(program, context);
  addHealthcheck(program, context);
  addCompletion(program, context);
  addVersion(program, context);
  const [first] = args;
  try {
    refuseUnknown(first, program);
    await program.parseAsync(isVersionFlag(first) ? ['version'] : args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    terminal.err(printable(error instanceof Error ? error.message : String(error)));
    return 1;
  }
}

function isVersionFlag(word: string | undefined): boolean {
  return word === '--version' || word === '-V';
}

/** Without this the word is taken for an argument of `start`, which is the command where none is given. */
function refuseUnknown(word: string | undefined, program: Command): void {
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  if (program.commands.some(command => command.name() === word)) return;
  throw new Refusal(`There is no command ${word}. See: authmcp-gateway --help`);
}
