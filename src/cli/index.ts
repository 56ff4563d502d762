export { runCli } from './run-cli.ts';
export { processTerminal } from './terminal.ts';
