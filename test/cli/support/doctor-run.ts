import { runCli } from '../../../src/cli/index.ts';
import { createBrowser } from '../../support/browser.ts';

export type Diagnosis = {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What became of the browser, where one was needed. */
  readonly browser: string;
};

/** Runs `doctor oauth`; a scripted browser opens what it prints, as `alice`. */
export async function diagnose(
  args: readonly string[],
  visit = (url: string): Promise<unknown> => createBrowser({ fill: { user: 'alice' } }).signIn(url),
): Promise<Diagnosis> {
  const [out, err]: [string[], string[]] = [[], []];
  let browsing: Promise<string> = Promise.resolve('not needed');
  const terminal = {
    isInteractive: false,
    out: (text: string) => void out.push(text),
    err: (text: string) => {
      err.push(text);
      const [url] = /^https?:\S+code_challenge\S+$/m.exec(text) ?? [];
      if (url !== undefined) browsing = visit(url).then(() => 'done', String);
    },
    readInput: async () => 'a b&c\n',
  };
  const code = await runCli(['doctor', 'oauth', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n'), browser: await browsing };
}
