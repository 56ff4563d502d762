import { type Mark, marksOf, type Pattern } from '../mark.ts';

/** Longer values, and those of several lines, are texts and no paths. */
const LONGEST_PATH = 1024;

const SENSITIVE = [
  String.raw`etc[\\/](?:passwd|shadow|group|hosts|sudoers|ssh|ssl|crontab|issue|fstab|nginx|apache2)`,
  String.raw`proc[\\/](?:self|version|cpuinfo|\d+)`,
  String.raw`\.(?:ssh|aws|kube|docker|gnupg)[\\/]`,
  String.raw`\.(?:env|netrc|pgpass|npmrc|bash_history|bashrc|htpasswd|git[\\/](?:config|HEAD))\b`,
  String.raw`id_(?:rsa|ed25519)\b|authorized_keys\b`,
  String.raw`win(?:dows|nt)[\\/]|boot\.ini\b|win\.ini\b|system32\b|web\.config\b|WEB-INF\b|wp-config\.php\b`,
  String.raw`root[\\/]|var[\\/](?:log|run|lib|www|mail)[\\/]`,
].join('|');

const TRAVERSALS: readonly Pattern[] = [
  [
    'leads out to a well-known file',
    new RegExp(String.raw`(?:^|[^.])\.\.[\\/](?:[\w. -]{0,64}[\\/]){0,12}(?:${SENSITIVE})`, 'i'),
  ],
  [
    'encoded dots',
    /(?:\.|%2e){2}%(?:2f|5c|c0%af|c1%9c|252f|255c|u2215|u2216)|%2e%2e[\\/]|%2e\.[\\/]|\.%2e[\\/]|%252e%252e|%c0%ae|%uff0e|%u002e/i,
  ],
  ['disguised dots', /\.\.\.\.[\\/]{2}|\.\.\.[\\/]\.[\\/]|\.\.;\/|[\uff0e\u2024]{2}[\uff0f\u2215\\/]/],
  ['an encoded zero byte', /%(?:25)?00(?:\.[a-z]{2,5})?$/i],
  [
    'a file of secrets',
    /^(?:file:\/\/(?:localhost)?|php:\/\/[^\n]*resource=)?(?:\/|~\/|[a-z]:[\\/])(?:[^\n]{0,200}[\\/])?(?:etc\/(?:passwd|shadow|sudoers)|\.ssh\/id_\w+|proc\/self\/environ|\.aws\/credentials|windows[\\/]system32[\\/]config[\\/]sam)$/i,
  ],
];

/** How many steps a path climbs out of where it begins, at its highest. */
function climbOf(path: string): number {
  let depth = 0;
  let highest = 0;
  for (const part of path.split(/[\\/]+/)) {
    if (part === '..') depth--;
    else if (part !== '.' && part !== '') depth++;
    highest = Math.min(highest, depth);
  }
  return -highest;
}

/** A path of a value: more than three steps up is no neighbour's file any more. */
const MOST_STEPS = 3;

/** Paths that lead out of where they belong. */
export function findTraversal(text: string): readonly Mark[] {
  if (text.length > LONGEST_PATH || text.includes('\n')) return [];
  const marks = marksOf(text, TRAVERSALS);
  if (marks.length > 0 || /\s/.test(text) || climbOf(text) <= MOST_STEPS) return marks;
  return [{ kind: 'climbs out', at: text.indexOf('..') }];
}
