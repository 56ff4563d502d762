import { type SettingRow, settingRows } from './schema.ts';
import { laterNote } from './settings/later.ts';
import { foreignNames, retiredNames } from './settings/retired.ts';
import { appliesWhen } from './stored/plan-settings.ts';

const HEAD = `# Configuration

This page is made from the schema in \`src/config\` by \`npm run docs\`; do not edit it.

A value comes from the first of these that has it: flag, environment (also \`.env\` in the working folder, or the file of
\`--env-file\`; the real environment wins over it), \`settings:\` in \`authmcp.yaml\`, what an administrator chose (\`authmcp-gateway settings set\`,
\`/admin/api/settings\`), default. Empty values count as absent. Under "chosen": \`live\` counts at once, \`restart\` from the next start on;
the others are decided before the database is open, or are secrets, and cannot be chosen there.
What "takes effect in a later release" is read and checked now; a start at which it is set says so.
Names marked \`_FILE\` may be given as \`NAME_FILE=/path\` instead: the value is the content of that file.

## authmcp.yaml

\`\`\`yaml
mcpServers: # as in the configuration of Claude, Cursor, VS Code (servers), Windsurf (serverUrl), Gemini (httpUrl)
  home-assistant:
    url: http://homeassistant.local:8123/mcp
    auth: { bearer: "\${HOME_TOKEN}" } # or basic: { user, password }, or headers: { X-Api-Key: ... }
    grants: [alice] # "*" is everybody; administrators need no grant; "group:name" is everybody in that group; parts of servers: grant add
  issues: # people connect their own accounts; per: gateway is one account for all
    url: https://issues.example.com/mcp
    auth: { oauth: { per: user } }
  notes: # a command: started at the first use, ended when nobody needs it
    command: npx
    args: [-y, some-notes-server]
    env: { NOTES_KEY: "\${NOTES_KEY:-none}" }
settings:
  rateLimit: { mcp: { max: 600 } }
\`\`\`

Per server also: \`headers\`, \`type\` (http, sse, stdio), \`prefix\` (default \`<name>_\`, may be \`""\`), \`enabled\`, \`timeout\` in
seconds, \`protocol\` (auto, legacy, modern), \`private\` (allow, deny), \`stateless\`, \`stateful\`, \`deduplicate\`, \`elicitationHosts\`, \`cwd\`. \`\${NAME}\`, \`\${env:NAME}\` and
\`\${NAME:-default}\` are replaced in this file only (\`$\${\` is a plain \`\${\`). Every edit is taken up within a second; a wrong one is refused with
its line, and the running configuration stays.

\`auth.oauth\` takes \`per\` (user or gateway; required), \`grant\` (authorization_code, the default; with \`per: gateway\` also client_credentials and
refresh_token), \`clientId\` with \`clientSecret\` or \`privateKey\` (PEM) and \`privateKeyAlg\` where the gateway was registered by hand, \`issuer\` to which that
client belongs, \`scopes\`, \`tokenEndpoint\` (absolute URL; nothing is discovered then) and \`refreshToken\`. What is left out is discovered, and the
gateway registers itself. People come back to \`/connect/callback\` of the public address: that is the redirect URI to register by hand.
`;

/** docs/configuration.md. */
export function renderConfigurationDoc(): string {
  return `${HEAD}
## Settings

| key in \`settings:\` | environment | default | chosen | meaning |
|---|---|---|---|---|
${settingRows.map(renderRow).join('\n')}

## Other names

${list(foreignNames)}

## Retired names

Names of version 1 that mean nothing here. Setting one prints its sentence at start.

${list(retiredNames)}
`;
}

function list(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(([name, says]) => `- \`${name}\` ${says.replace(/\.?$/, '.')}`)
    .join('\n');
}

function renderRow(row: SettingRow): string {
  const also = row.aliases ? ` (also \`${row.aliases.join('`, `')}\`)` : '';
  const names = row.env.map(name => `\`${name}\``).join(', ') + (row.isSecret ? ', `_FILE`' : '');
  const flag = row.flag ? `, \`${row.flag}\`` : '';
  const about = [row.about, bounds(row), laterNote(row)]
    .filter(part => part !== '')
    .join(' ')
    .replaceAll('|', '\\|');
  return `| \`${row.key}\`${also} | ${names}${flag} | ${shown(row) || 'none'} | ${chosen(row)} | ${about} |`;
}

function chosen(row: SettingRow): string {
  const when = appliesWhen(row);
  return when === 'outside' ? '-' : when;
}

function bounds(row: SettingRow): string {
  const { expects } = row.kind;
  return /number|one of/.test(expects) ? `(${expects})` : '';
}

function shown(row: SettingRow): string {
  if (row.default === undefined) return '';
  return Array.isArray(row.default) ? row.default.join(',') : `${row.default}`;
}

const ENV_HEAD = `# Made from the schema by npm run docs. Copy to .env and remove the # of what you change; every line is optional.
# Secrets may also come from files: NAME_FILE=/run/secrets/name
`;

/** .env.example. */
export function renderEnvExample(): string {
  const rows = settingRows.map(
    row => `# ${[row.about, laterNote(row)].join(' ').trim()}\n# ${row.env[0]}=${shown(row)}`,
  );
  const others = Object.entries(foreignNames).map(([name, says]) => `# ${says}\n# ${name}=`);
  return `${ENV_HEAD}\n${[...rows, ...others].join('\n\n')}\n`;
}
