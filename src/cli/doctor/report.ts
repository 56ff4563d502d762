import { HOPS, type Line, type Mark, type Problem } from './hops.ts';
import { problems } from './problems.ts';

const HOP_WIDTH = Math.max(...HOPS.map(hop => hop.length));
const MARK_WIDTH = 'skipped'.length;
const INDENT = ' '.repeat(MARK_WIDTH + HOP_WIDTH + 4);

/** One hop for a person: how it went, and under it what is wrong, which rule says so and what to do. */
export function renderLine({ hop, mark, facts, problems: found }: Line): string {
  const head = `${mark.padEnd(MARK_WIDTH)}  ${hop.padEnd(HOP_WIDTH)}  ${facts.join('; ')}`.trimEnd();
  return [head, ...found.flatMap(renderProblem)].join('\n');
}

function renderProblem({ name, seen }: Problem): readonly string[] {
  const { mark, says, rule, todo } = problems[name];
  return [
    [mark, `${name}: ${says}`],
    ...(seen === undefined ? [] : [['seen', seen]]),
    ['rule', rule],
    ['do', todo],
  ].map(([label = '', text]) => `${INDENT}${label.padEnd(MARK_WIDTH)}${text}`);
}

/** The broken hops, with what broke each of them. */
function brokenIn(lines: readonly Line[]): readonly { readonly hop: string; readonly name: string }[] {
  return lines.flatMap(({ hop, problems: found }) =>
    found.filter(({ name }) => problems[name].mark === 'BROKEN').map(({ name }) => ({ hop, name })),
  );
}

export function verdictOf(url: string, lines: readonly Line[]): string {
  const broken = brokenIn(lines);
  if (broken.length > 0) return `Broken at ${broken.map(({ hop, name }) => `${hop} (${name})`).join(', ')}.`;
  const isWhole = lines.some(({ hop, mark }) => hop === 'call' && mark !== 'skipped');
  return isWhole
    ? `No hop is broken: clients get on with ${url}.`
    : `No hop is broken as far as it was looked: nobody signed in at ${url}.`;
}

type Report = {
  readonly url: string;
  readonly ok: boolean;
  readonly broken: ReturnType<typeof brokenIn>;
  readonly hops: readonly {
    readonly hop: string;
    readonly mark: Mark;
    readonly facts: readonly string[];
    readonly problems: readonly object[];
  }[];
};

/** The whole walk for a machine. */
export function reportOf(url: string, lines: readonly Line[]): Report {
  const broken = brokenIn(lines);
  const hops = lines.map(({ hop, mark, facts, problems: found }) => ({
    hop,
    mark,
    facts,
    problems: found.map(({ name, seen }) => ({ name, ...problems[name], seen })),
  }));
  return { url, ok: broken.length === 0, broken, hops };
}
