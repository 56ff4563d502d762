import { inFile, type Mutant } from './mutant.ts';

const audits = (file: string) => inFile(file, 'test/auditor/audits.test.ts');
const audit = (file: string) => inFile(file, 'test/auditor/audit.test.ts');

/** Of the security auditor. */
export const AUDITOR_MUTANTS: readonly Mutant[] = [
  audits('src/gateway/audits.ts')(
    'if (host === new URL(origin()).host) return true;',
    'if (host !== "") return true;',
    'the auditor goes into any private network',
  ),
  audits('src/auditor/audits.ts')(
    'if (this.#running.size >= MOST_AT_ONCE)',
    'if (this.#running.size < 0)',
    'any number of audits at once',
  ),
  audits('src/auditor/audits.ts')(
    'signal: AbortSignal.any([stopped, AbortSignal.timeout(LONGEST_MS)]),',
    'signal: AbortSignal.timeout(stopped.aborted ? 1 : LONGEST_MS),',
    'an audit cannot be cancelled',
  ),
  audits('src/auditor/checks/authorization.ts')(
    'const [tool] = mayCall ? tools : tools.filter(isHarmless);',
    'const [tool] = [...tools].reverse();',
    'tools that change something are called',
  ),
  audits('src/auditor/report/markdown.ts')(
    '.replace(/[&<>]/g, letter => `&#${letter.charCodeAt(0)};`)',
    '',
    'what a server says is markup in a report',
  ),
  audit('src/auditor/subject.ts')(
    'return this.ask({ token: this.token, session: session?.id, ...request });',
    'return this.ask({ session: session?.id, ...request });',
    'nothing behind the door is looked at',
  ),
  audit('src/auditor/checks/session.ts')(
    "if (isTaken(await tryMadeUp(subject))) return skipped('any session id is taken');",
    '',
    'one flaw is told as two',
  ),
  inFile('src/http/egress.ts', 'test/http/egress.test.ts')(
    'reset: isLarge(body)',
    'reset: false',
    'what a server did not read stands before the next request',
  ),
];
