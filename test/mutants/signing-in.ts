import { inFile, type Mutant } from './mutant.ts';

const siege = 'test/auth/login-siege.test.ts';
const throttle = inFile('src/auth/login/login-throttle.ts', siege);
const backOff = inFile('src/auth/login/back-off.ts', siege);
const browsers = inFile('src/auth/login/known-browsers.ts', siege);
const registration = inFile('src/auth/login/register.ts', 'test/auth/register.test.ts');
const keptLinks = inFile('src/store/people/links.ts', 'test/admin/links/links.test.ts');
const links = inFile('src/auth/people/links.ts', 'test/admin/links/links-bad-input.test.ts');
const password = inFile('src/store/people/users.ts', 'test/admin/api/people/own-password.test.ts');
const rights = inFile('src/admin/api/access.ts', 'test/admin/api/people/users.test.ts');
const fresh = inFile('src/admin/api/access.ts', 'test/admin/api/frame.test.ts');
const sessions = inFile('src/admin/operations/people/session.ts', 'test/admin/api/people/sessions.test.ts');
const ownKeys = inFile('src/admin/operations/account/own-keys.ts', 'test/admin/api/people/keys.test.ts');
const key = inFile('src/admin/operations/people/key.ts', 'test/admin/api/people/keys.test.ts');
const profile = inFile('src/admin/operations/account/profile.ts', 'test/admin/api/people/portal.test.ts');
const invites = inFile('src/admin/operations/people/invites.ts', 'test/admin/links/links.test.ts');
const settings = inFile(
  'src/admin/operations/settings/settings.ts',
  'test/admin/settings/settings-bad-input.test.ts',
);
const stored = inFile('src/config/stored/stored-settings.ts', 'test/admin/settings/settings.test.ts');

/** How people come in, and what they and administrators change about it. */
export const SIGNING_IN_MUTANTS: readonly Mutant[] = [
  throttle('if (keys.own === undefined) return', 'return', 'no browser is known'),
  throttle('const wait = besiegers.wait(pair);', 'const wait = 1000;', 'strangers lock a person out'),
  throttle('[nameKeyOf(account),', '[account,', 'each spelling of a name has tries of its own'),
  backOff('firstMs * 2 ** doublings', 'firstMs', 'waits do not grow'),
  browsers('`${nameKeyOf(account)}\\0${rest}`', '`${rest}`', 'a known browser is known for everybody'),
  browsers(' > clock.now() ? rest : undefined', ' > 0 ? rest : undefined', 'a browser is known for ever'),
  registration('isEmailClaimed: true, ', '', 'registration tells who has an address'),
  registration(
    'throttle(registration.limit,',
    '(() => {})(registration.limit,',
    'registration without a limit',
  ),
  keptLinks(
    'if (madeBy === undefined) return true;',
    'return true;',
    'an invitation outlives its maker’s rights',
  ),
  keptLinks(".where('kind', '=', kind)", '', 'an invitation changes a password'),
  keptLinks('  await spend(tx, link);\n  await join', '  await join', 'an invitation is good for ever'),
  links(' || !this.#wrong.take(network).ok) {', ') {', 'tokens of links are guessed without end'),
  password(
    "tx.deleteFrom('browserSessions').where('userId', '=', id)",
    "tx.deleteFrom('browserSessions').where('userId', '=', 'nobody')",
    'browsers stay signed in after a new password',
  ),
  password('const logins = await endLogins(tx, id);', 'const logins = 0;', 'logins outlive a new password'),
  rights('if (!rule.roles.includes(user.role) || ', 'if (false && ', 'keys decide who rules'),
  fresh(
    '  checkFresh(session, rule, clock);\n  return',
    '  return',
    'an old password is as good as a fresh one',
  ),
  sessions('(_, one) => one === id)', '() => true)', 'one session ends, and all with it'),
  ownKeys('one => one.userId === asked.actor.user.id)', '() => true)', 'anybody revokes anybody’s key'),
  key('if (!roles.includes(owner.role))', 'if (false)', 'a key has more than its owner'),
  profile('isEmailClaimed: true', 'isEmailClaimed: false', 'a profile tells who has an address'),
  invites('mayDecideOver(asked, { role }, kit);', '', 'a key invites administrators'),
  settings("demand(asked.actor, 'person', kit);", ';', 'a key changes settings of security'),
  stored(" || config.sourceOf(row.key).from !== 'default'", '', 'what is stored wins over the environment'),
];
