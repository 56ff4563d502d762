import { randomToken } from '../../base/index.ts';
import { findSecrets } from '../../ledger/index.ts';
import { type Check, foundIf } from '../check.ts';
import { headersOf } from '../speech.ts';
import type { Subject } from '../subject.ts';

/** What programs say of their inside when they fail. */
const INSIDES: readonly (readonly [RegExp, string])[] = [
  [/Traceback \(most recent call last\)/, 'a Python traceback'],
  [/^\s*at .+\(.+:\d+:\d+\)/m, 'a JavaScript stack'],
  [/\bat [\w.$]+\([\w]+\.java:\d+\)/, 'a Java stack'],
  [/goroutine \d+ \[/, 'a Go stack'],
  [/\bFile "[^"]+", line \d+/, 'a file and line'],
  [/(?:\/home\/|\/usr\/|\/var\/|\/opt\/|\/root\/|\/app\/)[\w.-]+\/[\w./-]+/, 'a path of its machine'],
  [/\b[A-Z]:\\(?:[\w .-]+\\)+[\w .-]+/, 'a path of its machine'],
  [/\b(?:SQLITE_\w+|PG::\w+|ORA-\d{5}|SQLSTATE)\b/, 'an error of its database'],
];

/** Answers to what goes wrong in several ways. */
async function failures(subject: Subject): Promise<ReadonlyMap<string, string>> {
  const { url, wire, token } = subject;
  const session = (await subject.session())?.id;
  const [era = 'legacy'] = await subject.eras();
  const headers = headersOf(era, { method: 'tools/list', token, session });
  const half = await wire.send({ url, headers, body: '{"jsonrpc"' });
  const ask = subject.askAsOwner.bind(subject);
  const unknown = await ask({ method: `audit/${randomToken(4)}` });
  const name = `audit_${randomToken(4)}`;
  const tool = await ask({ method: 'tools/call', params: { name, arguments: { path: '\0' } } });
  const wrong = await ask({ method: 'resources/read', params: { uri: 'audit://%00/../../etc/passwd' } });
  const said = { 'half a message': half, 'an unknown method': unknown, 'an unknown tool': tool };
  return new Map(
    Object.entries({ ...said, 'an unknown resource': wrong }).map(([what, answer]) => [
      what,
      answer.kind === 'answer' ? answer.text.replaceAll('\\n', '\n').replaceAll('\\\\', '\\') : '',
    ]),
  );
}

/** What it tells that it should keep to itself. */
export const EXPOSURE_CHECKS: readonly Check[] = [
  {
    id: 'stack-traces',
    area: 'exposure',
    severity: 'medium',
    title: 'Errors tell how it is made',
    why: 'Stacks, paths and errors of a database show an attacker where to go on.',
    fix: 'Keep the cause in the log, and answer with a sentence and an id.',
    reference: 'CWE-209',
    look: async subject => {
      const evidence: string[] = [];
      for (const [what, text] of await failures(subject))
        for (const [marks, name] of INSIDES) if (marks.test(text)) evidence.push(`${name} after ${what}`);
      return foundIf([...new Set(evidence)]);
    },
  },
  {
    id: 'secrets',
    area: 'exposure',
    severity: 'critical',
    title: 'It hands out secrets',
    why: 'Whatever stands in definitions and errors goes to every client, and to the models behind them.',
    fix: 'Take it out, and replace the secret: it is known now.',
    reference: 'CWE-200; OWASP MCP01',
    look: async subject => {
      const { tools, prompts, resources, instructions } = await subject.definitions();
      const texts = [
        ...[...tools, ...prompts, ...resources].map(one => [`the definition of ${String(one.name)}`, one]),
        ['the instructions', instructions],
        ...(await failures(subject)),
      ] as const;
      const evidence = texts.flatMap(([where, text]) =>
        findSecrets(typeof text === 'string' ? text : JSON.stringify(text)).map(
          // Never the secret itself.
          ({ kind }) => `${kind} in ${String(where)}`,
        ),
      );
      return foundIf([...new Set(evidence)]);
    },
  },
  {
    id: 'server-version',
    area: 'exposure',
    severity: 'low',
    title: 'Headers tell what it runs on',
    why: 'Known holes of a version are tried by machines that look for just that.',
    fix: 'Leave out X-Powered-By, and the version of Server.',
    reference: 'CWE-200',
    look: async subject => {
      const said = await subject.stranger();
      if (said.kind === 'none') return foundIf([]);
      const { 'x-powered-by': powered, server = '' } = said.headers;
      return foundIf([
        ...(powered === undefined ? [] : [`X-Powered-By: ${powered}`]),
        ...(/\/\d/.test(server) ? [`Server: ${server}`] : []),
      ]);
    },
  },
];
