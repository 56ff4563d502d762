import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as rules from './architecture/rules.ts';
import { readSources, type Sources } from './architecture/sources.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const source = readSources(ROOT, 'src');
const tests = readSources(ROOT, 'test');

/** Where a secret leaves its box: only where it is sent, sealed or hashed. A new place is a decision, made here. */
const REVEALED: Readonly<Record<string, number>> = {
  'src/admin/operations/oauth-clients.ts': 2,
  'src/admin/operations/people/invites.ts': 2,
  'src/admin/operations/people/key.ts': 1,
  'src/auth/api-key.ts': 1,
  'src/auth/keys/signing-key.ts': 1,
  'src/auth/login/login-routes.ts': 2,
  'src/auth/login/refresh-families.ts': 4,
  'src/auditor/checks/authorization.ts': 2,
  'src/auditor/speech.ts': 1,
  'src/auth/passwords.ts': 2,
  'src/auth/people/links.ts': 1,
  'src/auth/people/setup.ts': 1,
  'src/base/seal.ts': 1,
  'src/cli/backup/restore.ts': 1,
  'src/cli/backup/sealed-keys.ts': 2,
  'src/cli/clients/client.ts': 3,
  'src/cli/commands/setup-link.ts': 1,
  'src/cli/commands/token.ts': 1,
  'src/cli/doctor/oauth/call.ts': 2,
  'src/cli/doctor/oauth/clean-up.ts': 2,
  'src/cli/doctor/oauth/token.ts': 5,
  'src/cli/ledger/follow.ts': 1,
  'src/cli/people/links.ts': 1,
  'src/cli/start/demo.ts': 1,
  'src/cli/start/first-admin.ts': 1,
  'src/config/load.ts': 2,
  'src/config/master-key.ts': 1,
  'src/gateway/watching/telemetry.ts': 1,
  'src/oauth/managed-clients.ts': 2,
  'src/oauth/provider-features.ts': 1,
  'src/store/connections/accounts.ts': 1,
  'src/store/connections/create-connections.ts': 1,
  'src/store/connections/registrations.ts': 1,
  'src/store/db/open-postgres.ts': 3,
  'src/store/sealing/sealed-server.ts': 1,
  'src/upstream/entry/credential-hint.ts': 2,
  'src/upstream/credential.ts': 4,
  'src/upstream/oauth/account.ts': 3,
  'src/upstream/oauth/clients.ts': 1,
  'src/upstream/oauth/luggage.ts': 1,
  'src/upstream/oauth/refresher.ts': 1,
  'src/upstream/oauth/tokens.ts': 2,
  'src/upstream/stdio/supervisor.ts': 1,
  'src/upstream/upstreams.ts': 4,
};

const RULES = {
  'each room imports only the rooms below it': rules.wrongDirections,
  'each room is on the map': rules.unknownRooms,
  'rooms are entered through their doors': rules.skippedDoors,
  'files do not import each other in circles': rules.cycles,
  'no file is over 300 lines and no door over 30': rules.tooLong,
  'no folder holds more than 15 files': rules.tooFull,
  'what belongs to one place stays there': rules.outOfPlace,
  'no check is silenced': rules.silencedChecks,
  'names say what a thing is': rules.emptyNames,
};

describe('the source', () => {
  it.for(Object.entries(RULES))('%s', ([, rule]) => {
    expect(rule(source)).toEqual([]);
  });

  it('reveals secrets only at the places listed here', () => {
    const listed = Object.entries(REVEALED).filter(([path]) => source.has(path));
    expect(rules.revealed(source)).toEqual(Object.fromEntries(listed));
  });
});

describe('the tests', () => {
  it('have no file over 300 lines and no folder over 15 files', () => {
    expect([...rules.tooLong(tests), ...rules.tooFull(tests)]).toEqual([]);
  });
});

describe('the rules see what they are for', () => {
  const plant = (files: Readonly<Record<string, string>>): Sources => new Map(Object.entries(files));
  const long = 'const a = 1;\n'.repeat(301);
  const full = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`src/mcp/file-${at}.ts`, '']));

  it.for([
    ['an upward import', rules.wrongDirections, { 'src/base/a.ts': "import { b } from '../mcp/index.ts';" }],
    ['an upward re-export', rules.wrongDirections, { 'src/mcp/a.ts': "export * from '../store/index.ts';" }],
    [
      'an upward dynamic import',
      rules.wrongDirections,
      { 'src/base/a.ts': "await import('../mcp/index.ts')" },
    ],
    [
      'an import over several lines',
      rules.wrongDirections,
      { 'src/base/a.ts': "import {\n  type B,\n  c,\n} from '../mcp/index.ts';" },
    ],
    [
      'a value where only types may pass',
      rules.wrongDirections,
      { 'src/store/a.ts': "import { may } from '../policy/index.ts';" },
    ],
    ['a room off the map', rules.unknownRooms, { 'src/utils/a.ts': '' }],
    ['a skipped door', rules.skippedDoors, { 'src/mcp/a.ts': "import type { B } from '../base/ids.ts';" }],
    [
      'a room that uses its own door',
      rules.skippedDoors,
      { 'src/mcp/a.ts': "import { B } from './index.ts';" },
    ],
    [
      'a circle of three',
      rules.cycles,
      {
        'src/mcp/a.ts': "import { b } from './b.ts';",
        'src/mcp/b.ts': "export { c } from './c.ts';",
        'src/mcp/c.ts': "import { a } from './a.ts';",
      },
    ],
    ['a long file', rules.tooLong, { 'src/mcp/a.ts': long }],
    ['a long door', rules.tooLong, { 'src/mcp/index.ts': long.slice(0, 13 * 31) }],
    ['a full folder', rules.tooFull, full],
    ['a default export', rules.outOfPlace, { 'src/mcp/a.ts': 'export default 1;' }],
    ['the environment', rules.outOfPlace, { 'src/mcp/a.ts': 'process.env.PORT' }],
    ['a print', rules.outOfPlace, { 'src/mcp/a.ts': 'console.log(1)' }],
    ['the database', rules.outOfPlace, { 'src/ledger/a.ts': "import { DatabaseSync } from 'node:sqlite';" }],
    [
      'the database by another way',
      rules.outOfPlace,
      { 'src/ledger/a.ts': "process.getBuiltinModule('node:sqlite')" },
    ],
    ['a client of its own', rules.outOfPlace, { 'src/upstream/a.ts': "import { Pool } from 'undici';" }],
    ['a bare fetch', rules.outOfPlace, { 'src/upstream/a.ts': 'await fetch(url)' }],
    ['a silenced check', rules.silencedChecks, { 'src/mcp/a.ts': '// biome-ignore lint: because' }],
    ['an empty name', rules.emptyNames, { 'src/mcp/a.ts': 'export class SessionManager {}' }],
    ['an empty file name', rules.emptyNames, { 'src/mcp/call-helpers.ts': '' }],
  ] as const)('%s', ([, rule, files]) => {
    expect(rule(plant(files))).toHaveLength(1);
  });

  it.for([
    ['comments', rules.outOfPlace, { 'src/mcp/a.ts': '// process.env\n/* console.log(1) */' }],
    [
      'a circle of types',
      rules.cycles,
      {
        'src/mcp/a.ts': "import type { B } from './b.ts';",
        'src/mcp/b.ts': "import { a } from './a.ts';",
      },
    ],
    [
      'types that may pass',
      rules.wrongDirections,
      { 'src/store/a.ts': "import type { C } from '../policy/index.ts';" },
    ],
    [
      'types of the database',
      rules.outOfPlace,
      { 'src/store/a.ts': "import type { A } from 'node:sqlite';" },
    ],
    ['a method called fetch', rules.outOfPlace, { 'src/mcp/a.ts': 'egress.fetch(url)' }],
  ] as const)('and are quiet about %s', ([, rule, files]) => {
    expect(rule(plant(files))).toEqual([]);
  });

  it('a secret taken out of its box', () => {
    expect(rules.revealed(plant({ 'src/mcp/a.ts': 'send(token.reveal())' }))).toEqual({ 'src/mcp/a.ts': 1 });
  });
});
