import { processTerminal, runCli } from './cli/index.ts';

// A process whose input ends in the middle of a question has nothing left to wait for, and was no success.
process.exitCode = 1;
void runCli(process.argv.slice(2), processTerminal()).then(code => {
  process.exitCode = code;
});
