import { z } from 'zod';
import { Fault, printable, type ServerName, type UserId } from '../../../base/index.ts';
import type { Rule, Subject } from '../../../policy/index.ts';
import { demand } from '../../api/access.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, operation, wrong } from '../../api/operation.ts';
import { isOwn, ruleProblem, sayRule } from '../../grants/rules.ts';
import { type Directory, showSubject } from '../../grants/subjects.ts';
import { byId, textField } from '../fields.ts';
import { directoryOf, subjectNamed } from './directory.ts';

const PATH = '/admin/api/grants';

const fields = {
  effect: z.enum(['allow', 'deny']),
  server: z.string().min(1).max(64),
  kind: z.enum(['all', 'tool', 'prompt', 'resource']),
  pattern: z.string(),
  tier: z.enum(['read', 'write', 'destructive']).nullable(),
  note: textField(500).nullable(),
};

export const draft = z.strictObject({
  /** `alice`, `group:family`, `role:auditor`, `client:ID`, `key:ID` or `everybody`. */
  subject: z.string().min(1).max(2048),
  server: fields.server,
  effect: fields.effect.default('allow'),
  kind: fields.kind.default('all'),
  pattern: fields.pattern.default('*'),
  tier: fields.tier.default(null),
  note: fields.note.default(null),
});

const change = z.strictObject(fields).partial();

export const ruleShown = z.object({
  id: z.string(),
  ...fields,
  note: z.string().nullable(),
  subject: z.string(),
  subject_kind: z.string(),
  subject_id: z.string().nullable(),
  says: z.string(),
  source: z.enum(['file', 'store']),
  created_at: z.number().nullable(),
  created_by: z.string(),
});

export function showRule(rule: Rule, directory: Directory): z.input<typeof ruleShown> {
  const { id, effect, subject, server, kind, pattern, tier, note, createdAt, createdBy } = rule;
  return {
    ...{ id, effect, server, kind, pattern, tier: tier ?? null, note: note ?? null },
    subject: showSubject(subject, directory),
    subject_kind: subject.kind,
    subject_id: subject.kind === 'everybody' ? null : subject.id,
    says: sayRule(rule, directory),
    source: isOwn(rule) ? 'store' : 'file',
    created_at: isOwn(rule) ? createdAt : null,
    created_by: createdBy,
  };
}

/** Whether somebody who rules is among those whom the subject means: by a group, a key or a client of theirs, too. */
async function meansRulers(subject: Subject, { live, store }: ApiKit): Promise<boolean> {
  const { users, groupsOf, keys } = live.current();
  const rules = (id: UserId | undefined) => id !== undefined && (users.get(id)?.role ?? 'user') !== 'user';
  switch (subject.kind) {
    case 'everybody':
      return true;
    case 'role':
      return subject.id !== 'user';
    case 'user':
      return rules(subject.id);
    case 'group':
      return [...groupsOf].some(([user, groups]) => rules(user) && groups.includes(subject.id));
    case 'key':
      return rules(keys.get(subject.id)?.userId);
    case 'client':
      return rules((await store.oauth.client(subject.id))?.userId);
  }
}

/** Rules about everybody, and about those who rule, are a person's to make: no key decides them (C19). */
export async function demandFor({ actor }: Asker, subject: Subject, kit: ApiKit): Promise<void> {
  if (await meansRulers(subject, kit)) demand(actor, 'person', kit);
}

function serverNamed(text: string, { live }: ApiKit): ServerName | '*' {
  if (text === '*' || live.current().servers.has(text as ServerName)) return text as ServerName | '*';
  throw wrong('server', `there is no server ${printable(text)}; * is every server`);
}

function check(rule: Pick<Rule, 'kind' | 'pattern' | 'tier'>): void {
  const problem = ruleProblem(rule);
  if (problem) throw wrong(problem.field, problem.says);
}

/** A draft as a rule, whole and right by itself. */
export function wantedOf(kit: ApiKit, asked: z.output<typeof draft>, directory: Directory) {
  const { subject: text, server, tier, note, ...rest } = asked;
  const subject = subjectNamed('subject', text, directory);
  const wanted = { ...rest, subject, server: serverNamed(server, kit), tier: tier ?? undefined };
  check(wanted);
  return { ...wanted, note: note ?? undefined };
}

/** Whoever asked for what is there already. */
export const same = () => new Fault('conflict', { says: 'There is the same rule already' });

/** One of the store: what the configuration file says is changed there. */
export function findOwn({ live, config }: ApiKit, id: string): Rule {
  const found = live.current().policy.rules.find(rule => rule.id === id);
  if (!found) throw new Fault('not_found', { says: 'There is no such rule' });
  if (isOwn(found)) return found;
  const says = `This rule stands in ${config.configFileShown}, under the grants of the server. Change it there.`;
  throw new Fault('conflict', { says, data: { field: 'id' } });
}

const filter = z.strictObject({
  subject: z.string().max(2048).optional(),
  server: z.string().max(64).optional(),
  effect: fields.effect.optional(),
});

/** Whether a rule is about this very subject. */
export function isAbout({ subject }: Rule, wanted: Subject): boolean {
  if (subject.kind === 'everybody' || wanted.kind === 'everybody') return subject.kind === wanted.kind;
  return subject.kind === wanted.kind && subject.id === wanted.id;
}

const list = operation({
  id: 'grants.list',
  method: 'get',
  path: PATH,
  summary: 'Rules of who may use what, those of the configuration file among them',
  access: 'read',
  query: filter,
  answer: z.array(ruleShown),
  handle: async (kit, { query }) => {
    const directory = await directoryOf(kit);
    const about = query.subject === undefined ? undefined : subjectNamed('subject', query.subject, directory);
    return kit.live
      .current()
      .policy.rules.filter(rule => about === undefined || isAbout(rule, about))
      .filter(({ server }) => query.server === undefined || server === query.server || server === '*')
      .filter(({ effect }) => query.effect === undefined || effect === query.effect)
      .map(rule => showRule(rule, directory));
  },
});

const create = operation({
  id: 'grants.create',
  method: 'post',
  path: PATH,
  summary: 'Allow or deny something; a deny wins over every allow',
  access: 'rule',
  body: draft,
  answer: ruleShown,
  status: 201,
  turn: () => 'rules',
  handle: async (kit, asked) => {
    const directory = await directoryOf(kit);
    const wanted = wantedOf(kit, asked.body, directory);
    await demandFor(asked, wanted.subject, kit);
    const rule = { ...wanted, createdBy: asked.actor.name };
    const made = await kit.store.access.addRule(rule, kit.clock.now());
    if (made === 'taken') throw same();
    if (made === 'unknown') throw wrong('subject', 'is not there any more');
    const after = showRule(made, directory);
    await audit(kit, asked, { action: 'grant.add', target: after.subject, after });
    return after;
  },
});

const update = operation({
  id: 'grants.update',
  method: 'patch',
  path: `${PATH}/:id`,
  summary: 'Change what a rule says; whom it is about stays',
  access: 'rule',
  params: byId,
  body: change,
  answer: ruleShown,
  turn: () => 'rules',
  handle: async (kit, asked) => {
    const { effect, kind, pattern, server, tier, note } = asked.body;
    const before = findOwn(kit, asked.params.id);
    await demandFor(asked, before.subject, kit);
    const to = {
      effect: effect ?? before.effect,
      kind: kind ?? before.kind,
      pattern: pattern ?? before.pattern,
      ...(server !== undefined && { server: serverNamed(server, kit) }),
      ...(tier !== undefined && { tier: tier ?? undefined }),
      ...(note !== undefined && { note: note ?? undefined }),
    };
    check({ ...before, ...to });
    const made = await kit.store.access.updateRule(before.id, to);
    if (made === 'taken') throw same();
    if (made === 'unknown') throw new Fault('not_found', { says: 'There is no such rule' });
    const directory = await directoryOf(kit);
    const after = showRule(made, directory);
    const said = { action: 'grant.change', target: after.subject };
    await audit(kit, asked, { ...said, before: showRule(before, directory), after });
    return after;
  },
});

const remove = operation({
  id: 'grants.remove',
  method: 'delete',
  path: `${PATH}/:id`,
  summary: 'Take a rule away',
  access: 'rule',
  params: byId,
  answer: z.object({ id: z.string(), removed: z.boolean() }),
  turn: () => 'rules',
  handle: async (kit, asked) => {
    const rule = findOwn(kit, asked.params.id);
    await demandFor(asked, rule.subject, kit);
    if (!(await kit.store.access.deleteRule(rule.id)))
      throw new Fault('not_found', { says: 'There is no such rule' });
    const before = showRule(rule, await directoryOf(kit));
    await audit(kit, asked, { action: 'grant.remove', target: before.subject, before });
    return { id: rule.id, removed: true };
  },
});

/** Who may use what. */
export const grantOperations = [list, create, update, remove];
