import { type Command, Option } from 'commander';
import type { Directory } from '../../admin/index.ts';
import { printable, type ServerName } from '../../base/index.ts';
import { type Rule, type Subject, TIERS, type Tier } from '../../policy/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';
import { directoryOf, subjectNamed } from './directory.ts';

type RuleFlags = CommonFlags & {
  readonly tool?: string;
  readonly prompt?: string;
  readonly resource?: string;
  readonly tier?: Tier;
  readonly deny?: boolean;
  readonly note?: string;
};

const WHO = 'a user, group:NAME, role:NAME, client:ID, key:ID, or everybody';

export function addGrantCommands(program: Command, context: Context): void {
  const grant = program
    .command('grant')
    .description('say who may use what; administrators may use everything that nothing denies');
  withExamples(
    withRule(grant.command('add <who> <server>'), 'let somebody use a server, or a part of it')
      .option('--note <text>', 'why')
      .addHelpText('after', `\nwho: ${WHO}; server: a name, or * for all.`),
    'authmcp-gateway grant add alice home-assistant',
    "authmcp-gateway grant add group:family home-assistant --tool 'light_*' --tier write",
    "authmcp-gateway grant add everybody '*' --tool 'delete_*' --deny",
  ).action((who: string, server: string, flags: RuleFlags) => change(context, 'add', { who, server }, flags));
  withRule(grant.command('remove <who> <server>'), 'take a grant away, at once').action(
    (who: string, server: string, flags: RuleFlags) => change(context, 'remove', { who, server }, flags),
  );
  withData(grant.command('list').description('list grants, also those of the configuration file')).action(
    (flags: CommonFlags) => list(context, flags),
  );
}

function withRule(command: Command, about: string): Command {
  return withData(command.description(about))
    .option('--tool <pattern>', 'only tools of these names, as the server calls them; * and ? are wildcards')
    .option('--prompt <pattern>', 'only prompts of these names')
    .option('--resource <pattern>', 'only resources of these URIs')
    .addOption(
      new Option('--tier <tier>', 'tools up to this tier; of a deny: from it upwards').choices(TIERS),
    )
    .option('--deny', 'forbid instead: wins over every grant, also of administrators');
}

type Said = Pick<Rule, 'effect' | 'kind' | 'pattern' | 'tier'>;

/** The rule that the flags say. */
async function ruleOf({ tool, prompt, resource, tier, deny }: RuleFlags): Promise<Said> {
  const { ruleProblem } = await import('../../admin/index.ts');
  const parts = (['tool', 'prompt', 'resource'] as const).flatMap(kind => {
    const pattern = { tool, prompt, resource }[kind];
    return pattern === undefined ? [] : [{ kind, pattern }];
  });
  if (parts.length > 1) throw new Refusal('Say one of --tool, --prompt and --resource.');
  const part = parts[0] ?? ({ kind: 'all', pattern: '*' } as const);
  const said = { ...part, effect: deny ? 'deny' : 'allow', tier } as const;
  const problem = ruleProblem(said);
  if (problem) throw new Refusal(`--${problem.field === 'tier' ? 'tier' : part.kind} ${problem.says}.`);
  return said;
}

/** A person by the bare name, as the lists of the file do; anybody else with the kind. */
async function shownAs(subject: Subject, directory: Directory): Promise<string> {
  const { showSubject } = await import('../../admin/index.ts');
  const text = showSubject(subject, directory);
  return subject.kind === 'user' ? text.slice('user:'.length) : text;
}

/** What differs from a grant of a whole server; nothing where nothing does. */
async function partOf(rule: Said): Promise<string> {
  const { whatOf } = await import('../../admin/index.ts');
  const what = whatOf(rule);
  if (rule.effect === 'deny') return `deny ${what}`;
  return what === 'everything' ? '' : what;
}

const isSame = (a: Rule, b: Omit<Rule, 'id' | 'createdAt' | 'createdBy' | 'note'>) =>
  a.effect === b.effect &&
  a.kind === b.kind &&
  a.pattern === b.pattern &&
  a.tier === b.tier &&
  a.server === b.server &&
  JSON.stringify(a.subject) === JSON.stringify(b.subject);

async function change(
  context: Context,
  action: 'add' | 'remove',
  words: { readonly who: string; readonly server: string },
  flags: RuleFlags,
): Promise<void> {
  const said = await ruleOf(flags);
  await withStore(flags, async offline => {
    const { store, now, actor } = offline;
    const directory = await directoryOf(store);
    const { readFormerClient } = await import('../../admin/index.ts');
    const former = action === 'remove' ? readFormerClient(words.who) : undefined;
    const subject = former ?? (await subjectNamed(words.who, directory));
    const rule = { ...said, subject, server: await serverNamed(words.server, offline) };
    const part = await partOf(rule);
    const who = await shownAs(subject, directory);
    const shown = `${printable(who)} on ${rule.server}${part === '' ? '' : ` (${printable(part)})`}`;
    if (action === 'add') {
      const made = await store.access.addRule({ ...rule, note: flags.note, createdBy: actor }, now);
      if (typeof made === 'string') throw new Refusal(`There is a grant of ${shown} already.`);
    } else {
      const found = (await store.access.listRules()).find(one => isSame(one, rule));
      if (!found || !(await store.access.deleteRule(found.id)))
        throw new Refusal(`There is no grant of ${shown}.`);
    }
    await offline.audit({ action: `grant.${action}`, target: who, after: { ...rule, subject: who } });
    const { subject: _, ...rest } = rule;
    const value = { user: who, ...rest, tier: rule.tier ?? null };
    show(context, flags, value, `grant of ${shown} ${action === 'add' ? 'added' : 'removed'}`);
  });
}

async function serverNamed(name: string, offline: Offline): Promise<ServerName | '*'> {
  return name === '*' ? name : offline.server(name);
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store, servers }) => {
    const directory = await directoryOf(store);
    const stored = await Promise.all(
      (await store.access.listRules()).map(
        async ({ id, effect, server, kind, pattern, tier, note, subject }) => ({
          who: await shownAs(subject, directory),
          server: server as string,
          from: 'store',
          part: await partOf({ effect, kind, pattern, tier }),
          ...{ id, effect, kind, pattern, tier: tier ?? null, note: note ?? null },
        }),
      ),
    );
    const inFile = (await servers())
      .filter(entry => entry.source === 'file')
      .flatMap(entry =>
        entry.grants.map(who => ({ who, server: entry.name as string, from: 'file', part: '' })),
      );
    const all = [...inFile, ...stored.toSorted((a, b) => a.who.localeCompare(b.who))];
    const rows = all.map(each => [each.who, each.server, each.from, each.part]);
    const value = all.map(({ part: _, ...rest }) => rest);
    show(context, flags, value, renderTable(['WHO', 'SERVER', 'FROM', 'PART'], rows));
  });
}
