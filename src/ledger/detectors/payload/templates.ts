import { type Mark, marksOf, type Pattern } from '../mark.ts';

/** What is written by itself in a way that people do not write it. */
const ALONE: readonly Pattern[] = [
  [
    'a calculation to try it',
    /(?:\{\{|[$#*@]\{|<%=?|\{%)\s{0,9}(?:['"]\d{1,9}['"]|\d{1,9})\s{0,9}\*\s{0,9}(?:['"]\d{1,9}['"]|\d{1,9})\s{0,9}(?:\}|%>|%\})|(?:^|\s)@\(\d{1,9}\*\d{1,9}\)/,
  ],
  [
    'what a template engine knows',
    /^\s{0,9}\{\{\s{0,9}(?:config|self|request|settings|session|app|_self)\s{0,9}\}\}\s{0,9}$|\{\{\s{0,9}(?:config\.items\(|config\.from_|_self\.env|app\.request\.|request\.application|lipsum|cycler|joiner|url_for\.)/,
  ],
  [
    'a look-up of JNDI',
    /\$\{\s{0,9}jndi\s{0,9}:|\$\{(?:lower|upper|env:\w{0,32}|sys:\w{0,32}|date|:):?-?(?:j|jn|jnd|jndi)\}/i,
  ],
  ['the inner life of Java', /\bT\(\s{0,9}java\.lang|freemarker\.template\.utility/i],
  ['a program in ERB', /<%=?\s{0,9}(?:system|exec|eval|IO\.popen|File\.(?:open|read)|Dir\.|`|require\b)/],
  ['a program of PHP', /\{php\}|\{(?:\$smarty\.|system\s?\(|if\s(?:system|phpinfo)\s?\()/],
  ['a program of Razor', /@\{?\s{0,9}\(?\s{0,9}System\.(?:Diagnostics|IO)\b/],
  ['a program of Velocity', /\$class\.inspect\b/],
];

/** Words that mean nothing bad but within a template: where one opens before them, on the same line and near. */
const WITHIN: readonly (readonly [kind: string, word: RegExp, opens: RegExp])[] = [
  [
    'the inner life of Python',
    /__(?:class|mro|globals|builtins|import|subclasses|init|base|dict)__|\bpopen\b|\|\s{0,3}attr\s{0,3}\(/g,
    /\{[{%][^}]*$/,
  ],
  [
    'the inner life of Java',
    /\bjava\.(?:lang|io|util)\b|getRuntime\b|ProcessBuilder\b|getClass\(\)|\bforName\(|\?new\(\)/g,
    /[$#*@%]\{|\{\{|<#assign\b/i,
  ],
  [
    'the inner life of JavaScript',
    /\bconstructor\s{0,3}[.([]|\bchild_process\b|process\.mainModule|global\.process|execSync\s?\(/g,
    /\{\{|[$#]\{/,
  ],
  [
    'a program of PHP',
    /registerUndefined(?:Filter|Function)Callback|\|\s{0,3}(?:filter|map|sort|reduce)\s?\(\s?['"](?:system|exec|passthru|shell_exec)/g,
    /\{\{/,
  ],
  ['a program of Velocity', /\.class\b|getClass|\$class/g, /#set\s{0,3}\(\s{0,3}\$\w{1,64}\s{0,3}=/],
];

const NEAR = 300;
/** Who writes such words more often without a template writes about them. */
const MOST_WORDS = 200;

/** The first of these words before which a template opens. */
function findWithin(text: string, word: RegExp, opens: RegExp): number | undefined {
  let left = MOST_WORDS;
  for (const { index } of text.matchAll(word)) {
    if (left-- === 0) return undefined;
    const before = text.slice(Math.max(0, index - NEAR), index);
    if (opens.test(before.slice(before.lastIndexOf('\n') + 1))) return index;
  }
  return undefined;
}

/** Text that a template engine would run; templates as people write them are none. */
export function findTemplates(text: string): readonly Mark[] {
  const within = WITHIN.flatMap(([kind, word, opens]) => {
    const at = findWithin(text, word, opens);
    return at === undefined ? [] : [{ kind, at }];
  });
  return [...marksOf(text, ALONE), ...within];
}
