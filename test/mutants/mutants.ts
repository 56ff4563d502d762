/** A change of one line that breaks a promise, and the test file that must then turn red. */
export type Mutant = {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly test: string;
  /** What the change takes away. */
  readonly about: string;
};

export const MUTANTS: readonly Mutant[] = [
  {
    file: 'src/cli/sample-server.ts',
    find: 'if (!isLocal(request)) return void response.writeHead(403).end();',
    replace: '',
    test: 'test/cli/sample-server.test.ts',
    about: 'the sample server answers pages of other names',
  },
  {
    file: 'src/cli/sample-server.ts',
    find: '    putEnvelopeFirst(transport);',
    replace: '',
    test: 'test/cli/sample-server.test.ts',
    about: 'the first answer that a person sees begins with its result',
  },
  {
    file: 'src/cli/sample-tools.ts',
    find: 'if (progressToken === undefined) continue;',
    replace: 'continue;',
    test: 'test/cli/sample-server.test.ts',
    about: 'the slow tool is silent',
  },
];
