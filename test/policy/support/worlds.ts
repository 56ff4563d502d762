import fc from 'fast-check';
import type { GroupId, KeyId, ServerName, UserId } from '../../../src/base/index.ts';
import type { Identity, Item, Rule, Subject, ToolSwitches } from '../../../src/policy/index.ts';

/** Printed by the titles of tests; another one by the environment. */
export const SEED = Number(process.env.FUZZ_SEED ?? 20_261_128);

export const SERVERS = ['home', 'work', 'lab'] as ServerName[];
/** The server's own names; a tool with the same name stands on each server. */
const NAMES = ['read_mail', 'send_mail', 'delete_all', 'read', 'note://a/1', 'note://b/{id}', 'note://b/2'];
const PATTERNS = [
  '*',
  'read*',
  '*mail',
  'r?ad',
  '*_*',
  'note://*',
  'note://a/?',
  'delete_all',
  '**',
  '?',
  'nothing',
];

const subject = fc.constantFrom<Subject>(
  { kind: 'everybody' },
  { kind: 'user', id: 'alice' as UserId },
  { kind: 'user', id: 'bob' as UserId },
  { kind: 'group', id: 'family' as GroupId },
  { kind: 'group', id: 'guests' as GroupId },
  { kind: 'role', id: 'user' },
  { kind: 'role', id: 'admin' },
  { kind: 'client', id: 'app' },
  { kind: 'client', id: 'other' },
  { kind: 'key', id: 'k1' as KeyId },
);

const tier = fc.constantFrom('read', 'write', 'destructive' as const);

export const rule: fc.Arbitrary<Rule> = fc.record({
  id: fc.uuid(),
  // Allows more often than denies: else nearly everything is denied, and nothing is shown.
  effect: fc.constantFrom('allow', 'allow', 'allow', 'deny' as const),
  subject,
  server: fc.constantFrom<ServerName | '*'>(...SERVERS, '*'),
  kind: fc.constantFrom('all', 'tool', 'prompt', 'resource' as const),
  pattern: fc.constantFrom(...PATTERNS),
  tier: fc.option(tier, { nil: undefined }),
  note: fc.constant(undefined),
  createdAt: fc.constant(0),
  createdBy: fc.constant('test'),
});

const identity: fc.Arbitrary<Identity> = fc
  .record({
    user: fc.constantFrom('alice', 'bob'),
    role: fc.constantFrom('user', 'user', 'auditor', 'admin' as const),
    groups: fc.subarray(['family', 'guests'] as GroupId[]),
    means: fc.constantFrom({ client: 'app' }, { key: 'k1' as KeyId }, {}),
  })
  .map(({ user, means, ...rest }) => ({ ...rest, ...means, user: user as UserId }));

export const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant('tool' as const), name: fc.constantFrom(...NAMES), tier }),
  fc.record({
    kind: fc.constantFrom('prompt', 'resource' as const),
    name: fc.constantFrom(...NAMES),
    tier: fc.constant('read' as const),
  }),
);

const switchesOf: fc.Arbitrary<ToolSwitches> = fc.record({
  newTools: fc.constantFrom('on', 'on', 'review', 'off' as const),
  isSeen: fc.boolean(),
  named: fc.dictionary(fc.constantFrom(...NAMES), fc.boolean()).map(all => new Map(Object.entries(all))),
  prompts: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }).map(all => new Set(all)),
  isSilent: fc.boolean(),
});

const switches: fc.Arbitrary<ReadonlyMap<ServerName, ToolSwitches>> = fc
  .array(fc.tuple(fc.constantFrom(...SERVERS), switchesOf), { maxLength: 2 })
  .map(all => new Map(all));

const rules = fc.array(rule, { maxLength: 12 });

export type Case = {
  readonly rules: readonly Rule[];
  readonly switches: ReadonlyMap<ServerName, ToolSwitches>;
  readonly who: Identity;
};

export const policyCase: fc.Arbitrary<Case> = fc.record({ rules, switches, who: identity });
