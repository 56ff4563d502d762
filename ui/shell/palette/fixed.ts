import { mayChange } from '../../api/boot.ts';
import { setDensity } from '../../kit/density.ts';
import { pages } from '../pages.ts';
import { setTheme } from '../theme.ts';
import { type Found, find, type To } from './found.ts';

/** As the button of the rail does it, which is in the document on a phone as well. */
const signOut = () => document.querySelector<HTMLFormElement>('form[action="/logout"]')?.requestSubmit();

/** What is done, with other words for it. Auditors are shown what they can do. */
const CHANGES: readonly (readonly [title: string, more: string, to: To])[] = [
  ['Add a server', 'paste a URL, a command, JSON', ['/admin/servers', { add: '1' }]],
  ['Add a person', 'user, account', ['/admin/people', { add: 'person' }]],
  ['Invite a person', 'by a link', ['/admin/people', { add: 'link' }]],
  ['Make a group', 'create', ['/admin/people', { tab: 'groups', group: 'new' }]],
  ['Make an API key', 'create a key, token', ['/admin/clients', { tab: 'keys', add: 'key' }]],
  ['Register a client', 'OAuth, create', ['/admin/clients', { add: 'client' }]],
  ['Add a rule', 'grant, deny, permission', ['/admin/access', { tab: 'rules', add: 'rule' }]],
  ['Scan a server', 'run a scan, audit it', ['/admin/security', { tab: 'scans' }]],
];

const OTHERS: readonly (readonly [title: string, more: string, to: To])[] = [
  ['Connect a client', 'Claude, Codex, Cursor, VS Code', ['/account/connect']],
  ['Light colours', 'theme', () => setTheme('light')],
  ['Dark colours', 'theme', () => setTheme('dark')],
  ['Colours of the system', 'theme', () => setTheme('')],
  ['Compact rows', 'density', () => setDensity('compact')],
  ['Comfortable rows', 'density', () => setDensity('comfortable')],
  ['Sign out', 'log out, leave', signOut],
];

const actionOf = ([title, more, to]: readonly [string, string, To]) => find('Action', { title, more, to });

/** Pages within pages, with other words for them. */
const TABS: readonly (readonly [title: string, more: string, to: To])[] = [
  ['Groups', 'of people', ['/admin/people', { tab: 'groups' }]],
  ['Rules', 'of access, grants', ['/admin/access', { tab: 'rules' }]],
  ['Limits', 'of people, clients, keys and servers', ['/admin/access', { tab: 'limits' }]],
  ['API keys', 'tokens', ['/admin/clients', { tab: 'keys' }]],
  ['Consents', 'who let which client in', ['/admin/clients', { tab: 'consents' }]],
  ['Tokens of servers', 'credentials', ['/admin/servers', { tab: 'tokens' }]],
  ['Names of tools', 'mappings, collisions', ['/admin/servers', { tab: 'mappings' }]],
  ['Blocked addresses', 'security', ['/admin/security', { tab: 'blocked' }]],
  ['Definitions', 'what servers changed', ['/admin/security', { tab: 'definitions' }]],
  ['Scans', 'auditor, findings', ['/admin/security', { tab: 'scans' }]],
  ['Detectors', 'security events, off, log, block', ['/admin/security', { tab: 'detectors' }]],
  ['Sign-ins', 'authentication log', ['/admin/audit-log', { tab: 'sign-ins' }]],
  ['Retention', 'how long entries are kept', ['/admin/settings', { tab: 'retention' }]],
  ['System', 'version, database, keys, disk', ['/admin/settings', { tab: 'system' }]],
  ['API', 'OpenAPI, curl', ['/admin/settings', { tab: 'api' }]],
];

/** What is there always. The portal's own pages stand here by its first one. */
export const FIXED: readonly Found[] = [
  ...pages.flatMap(({ title, path, rail }) =>
    rail && (rail !== 'portal' || path === '/account') ? [find('Page', { title, id: path, to: [path] })] : [],
  ),
  ...TABS.map(([title, more, to]) => find('Page', { title, more, id: `tab ${title}`, to })),
  ...(mayChange ? CHANGES : []).map(actionOf),
  ...OTHERS.map(actionOf),
];
