export { type CliDeps, runCli } from './run-cli.ts';
export type { RunningGateway, ServerStanding, StartGateway } from './start/running-gateway.ts';
export { processTerminal, type Terminal } from './terminal.ts';
