import { runCli } from '../../../src/cli/index.ts';
import type { GatewayHere } from '../../support/gateway-here.ts';
import type { Ran } from './command-line.ts';

/** The command line on the data of a gateway that runs. */
export function beside({ dataDir, configFile }: GatewayHere) {
  return async (args: readonly string[], input = ''): Promise<Ran> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      isInteractive: false,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      readInput: async () => input,
    };
    const code = await runCli([...args, '--data-dir', dataDir, '--config', configFile], terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
}
