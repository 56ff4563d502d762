import type { ServerName } from '../../base/index.ts';
import type { ToolSwitches } from '../../policy/index.ts';
import { change, type Db, type Tx } from '../change.ts';
import type { AccessStore, ServerSwitches } from './types.ts';

type Switches = Pick<AccessStore, 'listSwitches' | 'setNewTools' | 'markSeen' | 'switchTool' | 'withhold'>;

async function listSwitches(db: Db): Promise<readonly ServerSwitches[]> {
  const [policies, tools, withheld] = await Promise.all([
    db.selectFrom('toolPolicies').selectAll().orderBy('server').execute(),
    db.selectFrom('toolSwitches').selectAll().orderBy('server').orderBy('tool').execute(),
    db.selectFrom('withheld').selectAll().orderBy('server').orderBy('name').execute(),
  ]);
  const servers = new Set([...policies, ...tools, ...withheld].map(one => one.server));
  return [...servers].map(server => {
    const policy = policies.find(one => one.server === server);
    const own = tools.filter(one => one.server === server);
    const kept = withheld.filter(one => one.server === server);
    return {
      server,
      newTools: policy?.newTools ?? 'on',
      seenAt: policy?.seenAt ?? undefined,
      seenBy: policy?.seenBy ?? undefined,
      named: new Map(own.map(({ tool, isOn }) => [tool, isOn === 1])),
      prompts: new Set(kept.filter(({ kind }) => kind === 'prompt').map(({ name }) => name)),
      isSilent: kept.some(({ kind }) => kind === 'instructions'),
    };
  });
}

/** What becomes of tools that nobody switched. */
export async function setNewToolsIn(
  tx: Tx,
  server: ServerName,
  newTools: ToolSwitches['newTools'],
): Promise<void> {
  const insert = tx.insertInto('toolPolicies').values({ server, newTools, seenAt: null, seenBy: null });
  await insert.onConflict(conflict => conflict.column('server').doUpdateSet({ newTools })).execute();
}

async function markSeen(tx: Tx, server: ServerName, seen: { seenAt: number; seenBy: string }): Promise<void> {
  const insert = tx.insertInto('toolPolicies').values({ server, newTools: 'on', ...seen });
  await insert.onConflict(conflict => conflict.column('server').doUpdateSet(seen)).execute();
}

/** Which tools of a server are on, and what else of it is kept from everybody. */
export function createSwitches(db: Db): Switches {
  return {
    listSwitches: () => listSwitches(db),
    setNewTools: (server, newTools) => change(db, tx => setNewToolsIn(tx, server, newTools)),
    markSeen: (server, { at, by }) => change(db, tx => markSeen(tx, server, { seenAt: at, seenBy: by })),
    switchTool: ({ server, name }, isOn, { at, by }) =>
      change(db, async tx => {
        const row = tx.deleteFrom('toolSwitches').where('server', '=', server).where('tool', '=', name);
        await row.execute();
        if (isOn === undefined) return;
        const made = { server, tool: name, isOn: isOn ? 1 : 0, changedAt: at, changedBy: by } as const;
        await tx.insertInto('toolSwitches').values(made).execute();
      }),
    withhold: (what, isWithheld, { at, by }) =>
      change(db, async tx => {
        const { server, kind } = what;
        const name = what.kind === 'prompt' ? what.name : '';
        const row = tx.deleteFrom('withheld').where('server', '=', server).where('kind', '=', kind);
        await row.where('name', '=', name).execute();
        if (!isWithheld) return;
        const made = { server, kind, name, changedAt: at, changedBy: by } as const;
        await tx.insertInto('withheld').values(made).execute();
      }),
  };
}
