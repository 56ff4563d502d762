import { inFile, type Mutant } from './mutant.ts';

const channel = inFile('src/upstream/pipe/channel.ts', 'test/e2e/pipes/stdio-lives.test.ts');
const upstream = inFile('src/upstream/upstream.ts', 'test/upstream/stdio.test.ts');
const lines = inFile('src/upstream/pipe/lines.ts', 'test/upstream/stdio.test.ts');
const child = inFile('src/upstream/stdio/child.ts', 'test/upstream/stdio-ends.test.ts');
const supervisor = inFile('src/upstream/stdio/supervisor.ts', 'test/upstream/stdio.test.ts');
const ends = inFile('src/upstream/stdio/supervisor.ts', 'test/upstream/stdio-ends.test.ts');
const older = inFile('src/upstream/sse/connect-sse.ts', 'test/upstream/sse.test.ts');
const breaker = inFile('src/upstream/breaker.ts', 'test/upstream/stdio-ends.test.ts');

/** Of servers over pipes: whose a message is, whose a process is, and its end. */
export const PIPE_MUTANTS: readonly Mutant[] = [
  channel(
    'const asked = this.#options.isShared ? this.#sole() : this.#newest();',
    'const asked = this.#newest();',
    'a log of a shared process goes to whoever called last',
  ),
  channel('if (this.#heardAt < asked) this.#over(', 'if (false) this.#over(', 'a stuck program stays'),
  upstream(
    "const principal = this.entry.stateless ? '*' : owner.principal;",
    "const principal = '*';",
    'everybody shares one process',
  ),
  lines('if (this.#size > this.#limit)', 'if (false)', 'a line without an end is kept'),
  child(
    "if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');",
    '',
    'the process group outlives its leader',
  ),
  supervisor(
    'env: { ...env, ...values },',
    'env: { ...process.env, ...env, ...values },',
    'the environment leaks',
  ),
  supervisor(
    'if (this.#isClosed || this.#children.size >= this.#options.maxProcesses)',
    'if (this.#isClosed)',
    'processes have no limit',
  ),
  ends(
    'else void this.#sweep(mark).finally(() => this.#children.delete(child));',
    'else this.#children.delete(child);',
    'what left its group outlives the program',
  ),
  older(
    'if (endpoint?.origin !== url.origin)',
    'if (!endpoint)',
    'messages and the credential go to another origin',
  ),
  breaker('return this.#clock.now() >= this.#startAt;', 'return true;', 'a crash loop has no pause'),
];
