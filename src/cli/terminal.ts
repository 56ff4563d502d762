/** Where commands speak. Tests hand in their own. */
export type Terminal = {
  /** A person reads standard output. */
  readonly isInteractive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** All of standard input, when it is not a terminal. */
  readInput(): Promise<string>;
};

export function processTerminal(): Terminal {
  return {
    isInteractive: process.stdout.isTTY === true,
    out: text => void process.stdout.write(`${text}\n`),
    err: text => void process.stderr.write(`${text}\n`),
    readInput: async () => {
      if (process.stdin.isTTY === true) return '';
      let text = '';
      process.stdin.setEncoding('utf8');
      for await (const chunk of process.stdin) text += chunk;
      return text;
    },
  };
}
