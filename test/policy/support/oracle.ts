import type { ServerName } from '../../../src/base/index.ts';
import type { Identity, Item, Rule } from '../../../src/policy/index.ts';
import type { Case } from './worlds.ts';

const TIERS = ['read', 'write', 'destructive'];

function isLike(pattern: string, text: string): boolean {
  const parts = [...pattern].map(one => {
    if (one === '*') return '[^]*';
    return one === '?' ? '[^]' : one.replace(/[.+^${}()|[\]\\/-]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'u').test(text);
}

function isSubject({ subject }: Rule, who: Identity): boolean {
  switch (subject.kind) {
    case 'everybody':
      return true;
    case 'group':
      return who.groups.includes(subject.id);
    default:
      return who[subject.kind] === subject.id;
  }
}

function matches(rule: Rule, server: ServerName, { kind, name, tier }: Item): boolean {
  const [own, asked] = [TIERS.indexOf(rule.tier ?? ''), TIERS.indexOf(tier)];
  const isTier = rule.tier === undefined || (rule.effect === 'allow' ? asked <= own : asked >= own);
  return (
    (rule.server === '*' || rule.server === server) &&
    (rule.kind === 'all' || rule.kind === kind) &&
    isLike(rule.pattern, name) &&
    isTier
  );
}

/** The policy said once more, one rule after another, as the words of the documentation have it. */
export function mayByTheBook({ rules, switches, who }: Case, server: ServerName, item: Item): boolean {
  const mine = rules.filter(rule => isSubject(rule, who));
  const hits = mine.filter(rule => matches(rule, server, item));
  if (hits.some(rule => rule.effect === 'deny')) return false;
  const own = switches.get(server);
  if (item.kind === 'prompt' && own?.prompts?.has(item.name)) return false;
  const named = own?.named.get(item.name);
  if (item.kind === 'tool' && own) {
    if (named === false) return false;
    if (named === undefined && own.newTools === 'off') return false;
    const waits = own.newTools === 'review' && !own.isSeen && item.tier === 'destructive';
    if (named === undefined && waits) return false;
  }
  const isMeans = ({ subject }: Rule) => subject.kind === 'client' || subject.kind === 'key';
  if (who.role !== 'admin' && !hits.some(rule => !isMeans(rule))) return false;
  const isLimited = mine.some(rule => isMeans(rule) && rule.effect === 'allow');
  return !isLimited || hits.some(isMeans);
}
