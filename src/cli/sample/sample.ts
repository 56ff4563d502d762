import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { withExamples } from '../options.ts';

/** A word of a command line, as a shell reads it. */
const quoted = (word: string) => (/^[\w./@:-]+$/.test(word) ? word : `"${word.replace(/["\\$`]/g, '\\$&')}"`);

/** The line that runs the sample server of this very installation. */
export function sampleLine(): string {
  const program = process.argv[1] ?? fileURLToPath(import.meta.url);
  return [process.execPath, program, 'sample'].map(quoted).join(' ');
}

export function addSample(program: Command): void {
  withExamples(
    program
      .command('sample')
      .description('be a small MCP server on standard input and output, to try a gateway with'),
    'authmcp-gateway server add sample -- authmcp-gateway sample',
  ).action(async () => {
    const { StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
    const { createSample } = await import('./sample-tools.ts');
    await createSample().connect(new StdioServerTransport());
  });
}
