import type { Command } from 'commander';
import type { Flags } from '../config/index.ts';
import type { Terminal } from './terminal.ts';

/** What every command is handed. */
export type Context = { readonly terminal: Terminal };

export type CommonFlags = Flags & { readonly json?: boolean };

/** The flags of commands that work on the data directory. */
export function withData(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default ./authmcp.yaml)')
    .option('--data-dir <folder>', 'data directory (default ./data)')
    .option('--db-path <file>', 'a file in the data directory, as in version 1')
    .option('--env-file <file>', 'file of environment lines (default ./.env)')
    .option('--json', 'print JSON');
}

/** Examples under the help of a command. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map(line => `  ${line}`).join('\n')}`);
}

/** Collects a flag that may be given several times. */
export function many(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** `90m`, `12h`, `30d` in milliseconds; undefined when it is no duration. */
export function readDuration(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? [];
  return count && unit ? Number(count) * UNITS[unit as keyof typeof UNITS] * 1000 : undefined;
}

/** Prints the value for a machine or the text for a person. */
export function show(context: Context, flags: CommonFlags, value: unknown, text: string): void {
  context.terminal.out(flags.json ? JSON.stringify(value) : text);
}
