/** Changes of the API that no page makes, each with the reason. */
export const NOT_OF_PAGES: Readonly<Record<string, string>> = {
  'account.edit-profile':
    'for programs of a person: the portal shows who one is, an administrator changes it',
  'servers.create':
    'for programs: the page takes whatever is pasted, a single address among it, and imports it',
  'servers.probe': 'for programs: the page adds a server and shows what it answered; nothing is lost by that',
  'users.superuser': 'as version 1 had it; the page sets the role',
  'grants.create': 'for programs, a rule at a time: the page saves a draft as a whole',
  'grants.remove': 'for programs, a rule at a time: the page saves a draft as a whole',
  'grants.update': 'for programs: on the page one rule takes the place of another in a draft',
  'settings.replace': 'for programs that keep every setting; the page changes single ones',
  'logs.clean-up-old': 'as version 1 had it; the page names the days',
  'mcp-audit.run': 'as version 1 had it; the page starts a scan that it can follow',
  'mcp-audit.export': 'as version 1 had it; the page takes the report of a scan',
};
