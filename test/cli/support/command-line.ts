import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/index.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { openStore, type Store } from '../../../src/store/index.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** A data folder of its own, and the command line on it. No command here may start a gateway. */
export function commandLine() {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'amg-cli-')), 'data');
  const run = async (args: readonly string[], input = ''): Promise<Ran> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      isInteractive: false,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      readInput: async () => input,
    };
    const at = args.indexOf('--') === -1 ? args.length : args.indexOf('--');
    const all = [...args.slice(0, at), '--data-dir', dataDir, ...args.slice(at)];
    const code = await runCli(all, terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  /** What the command left behind, by the store itself. */
  const inStore = async <T>(look: (store: Store) => Promise<T>): Promise<T> => {
    const { master } = loadConfig({ env: {}, flags: { dataDir } });
    const store = await openStore({ dataDir, master });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  };
  return { dataDir, run, inStore };
}
