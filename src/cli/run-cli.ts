import { Command, CommanderError } from 'commander';
import { printable } from '../base/index.ts';
import { addAddressCommands } from './access/address.ts';
import { addExplain } from './access/explain.ts';
import { addGrantCommands } from './access/grant.ts';
import { addLimitCommands } from './access/limit.ts';
import { addMappingCommands } from './access/mappings.ts';
import { addSwitchCommand } from './access/switches.ts';
import { addConnectionCommands } from './accounts/connection.ts';
import { addAudit } from './audit/audit.ts';
import { addBackup } from './backup/backup.ts';
import { addRestore } from './backup/restore.ts';
import { addClientCommands } from './clients/client.ts';
import { addConsentCommands } from './clients/consent.ts';
import { addCompletion } from './commands/completion.ts';
import { addHealthcheck } from './commands/healthcheck.ts';
import { addInitDb } from './commands/init-db.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addServerCommands } from './commands/server.ts';
import { addSettingsCommands } from './commands/settings.ts';
import { addSetupLink } from './commands/setup-link.ts';
import { addStart } from './commands/start.ts';
import { addStdio } from './commands/stdio.ts';
import { addTokenCommands } from './commands/token.ts';
import { addVersion } from './commands/version.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addExport } from './ledger/export.ts';
import { addListings } from './ledger/listing.ts';
import { addStats } from './ledger/stats.ts';
import { addTail } from './ledger/tail.ts';
import { addCreateAdmin } from './people/create-admin.ts';
import { addGroupCommands } from './people/group.ts';
import { addUserCommands } from './people/user.ts';
import { Refusal } from './refusal.ts';
import { addSample } from './sample/sample.ts';
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
  addStdio(program, context);
  addSample(program);
  const server = addServerCommands(program, context);
  addSwitchCommand(server, context);
  addMappingCommands(server, context);
  addConnectionCommands(program, context);
  addUserCommands(program, context);
  addGroupCommands(program, context);
  addGrantCommands(program, context);
  addExplain(program, context);
  addLimitCommands(program, context);
  addAddressCommands(program, context);
  addTokenCommands(program, context);
  addClientCommands(program, context);
  addConsentCommands(program, context);
  addKeysCommands(program, context);
  addSettingsCommands(program, context);
  addCreateAdmin(program, context);
  addListings(program, context);
  addStats(program, context);
  addTail(program, context);
  addExport(program, context);
  addSetupLink(program, context);
  addInitDb(program, context);
  addBackup(program, context);
  addRestore(program, context);
  addDoctor(program, context);
  addAudit(program, context);
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
