import { inFile, type Mutant } from '../mutant.ts';

const BOOK = 'test/policy/rights.test.ts';
const CHANGES = 'test/e2e/rights/rules-that-change.test.ts';
const LIMITS = 'test/e2e/rights/own-limits.test.ts';

const glob = inFile('src/policy/glob.ts', 'test/policy/glob.test.ts');
const uri = inFile('src/policy/uri.ts', 'test/policy/uri.test.ts');
const ruleSet = inFile('src/policy/rule-set.ts', BOOK);
const rights = inFile('src/policy/rights.ts', BOOK);
const policy = inFile('src/policy/policy.ts', BOOK);
const view = inFile('src/catalogue/view.ts', 'test/catalogue/permitted.test.ts');
const inFlight = inFile('src/proxy/relay/in-flight.ts', CHANGES);
const meters = inFile('src/proxy/limits/meters.ts', LIMITS);
const meter = inFile('src/proxy/limits/meter.ts', LIMITS);
const admission = inFile('src/proxy/admission.ts', LIMITS);
const explaining = inFile('src/admin/grants/explaining.ts', 'test/admin/access/explain.test.ts');
const explained = inFile('src/admin/grants/explaining.ts', 'test/e2e/accounts/explained.test.ts');
const grants = inFile('src/admin/operations/access/grants.ts', 'test/admin/access/grants.test.ts');

/** Of rules and limits: what somebody may use, and how much. */
export const GRANT_MUTANTS: readonly Mutant[] = [
  glob('wildcards > MAX_WILDCARDS ?', 'wildcards > 1e9 ?', 'patterns of many wildcards are taken'),
  glob('if (INVISIBLE.test(pattern))', 'if (false)', 'patterns hide something'),
  glob('read += widthAt(text, read);', 'read++;', 'a wildcard is half a character'),
  uri('+ withoutDots(path) +', '+ path +', 'dots lead out of what is allowed'),
  uri(" || HIDDEN_DOTS.test(open.normalize('NFKC')))", ')', 'dots lead out once they are decoded'),
  uri(
    'loose: [exact.toLowerCase(), loosest(open), loosest(thing)]',
    'loose: [exact]',
    'a deny is spelt around',
  ),
  ruleSet(': isWithin(tier, asked)', ': isWithin(asked, tier)', 'what is unlisted slips through a deny'),
  ruleSet("rule.kind === 'all' || rule.kind === kind", 'true', 'a rule for tools is one for prompts'),
  ruleSet("rule.server === '*' || rule.server === server", 'true', 'a rule is one for every server'),
  rights("if (denied) return no({ kind: 'rule', rule: denied });", '', 'a deny denies nothing'),
  rights('if (off) return no(off);', '', 'tools that are off are on'),
  rights('!limits.find(asked)', 'false', 'rules of clients and keys limit nothing'),
  rights(
    'if (named !== undefined) return named ? undefined',
    'if (named === false) return named ? undefined',
    'a tool that was switched on stays off',
  ),
  policy('gives: ofPerson.filter', 'gives: [...ofPerson, ...ofMeans].filter', 'a client gives rights'),
  policy('denies: [...ofPerson, ...ofMeans]', 'denies: ofPerson', 'a client cannot be denied anything'),
  view(
    'if (!isConnectTool(definition) && !this.of.rights.permits(entry.name, item)) return [];',
    '',
    'what cannot be called is listed',
  ),
  view('isHere && this.of.rights.permits(server, item)', 'isHere', 'what is not listed is permitted'),
  inFlight(
    'return item ? rights.permits(server, item) : rights.reaches(server);',
    'return rights.reaches(server);',
    'a call outlives the right to its tool',
  ),
  inFile('src/proxy/stream/changes.ts', CHANGES)(
    '!isSameRights || ',
    '',
    'nobody hears that a tool may be used no longer',
  ),
  inFile('src/proxy/tasks/tasks.ts', 'test/e2e/rights/tasks-of-tools.test.ts')(
    "return tool ?? itemOf('tool', '');",
    "return { kind: 'tool', name: '', tier: 'read' };",
    'a task outlives the right to its tool',
  ),
  inFile('src/proxy/route.ts', 'test/e2e/rights/rules.test.ts')(
    'caller.rights.hash} ',
    "''} ",
    'a view is shown to whoever comes next',
  ),
  meters('known && isSame(known.limit, limit) ? known : ', '', 'each change of limits begins all anew'),
  meters('if (full) this.refuse(', 'if (false) this.refuse(', 'calls at once are not counted'),
  meter('bucket.level >= n && bucket.most > 0', 'true', 'what is counted is not limited'),
  meter('if (bucket) bucket.level -= n;', '', 'bytes of answers cost nothing'),
  admission('if (!hasOwn) takeOf', 'takeOf', 'nobody can have more than the settings give'),
  admission("meters.take(meter, 'requests', 1, asking);", '', 'a server has no limit of its own'),
  meters("if (own?.counts('requests')) return [own];", '', 'the usual limit holds besides one of its own'),
  meters(
    'if (requests === 0) return undefined;',
    'return undefined;',
    'the settings limit no client, key or server',
  ),
  explaining(
    'before ? no(before) : decide(found, who, world)',
    'decide(found, who, world)',
    'a disabled person may use things',
  ),
  explained('[OWN_MODERN, OWN_LEGACY]', '[]', 'an explanation is not of what a call reaches'),
  explained("return no({ kind: 'not connected' });", 'return decided;', 'an account is not needed'),
  inFile('src/admin/operations/access/grants.ts', 'test/admin/access/not-by-key.test.ts')(
    'if (await meansRulers(subject, kit)) demand(',
    'if (false) demand(',
    'a key decides over who rules',
  ),
  grants('if (isOwn(found)) return found;', 'return found;', 'rules of the file are changed elsewhere'),
];
