import { isDeepStrictEqual } from 'node:util';
import { type Clock, type ServerName, uuidv7 } from '../base/index.ts';
import { type Config, settingRows } from '../config/index.ts';
import type { Ledger, Log } from '../ledger/index.ts';
import type { Snapshot } from '../live/index.ts';
import type { ServerEntry } from '../mcp/index.ts';
import type { Store } from '../store/index.ts';
import { commandLine, describeServer } from '../upstream/index.ts';

/** What an edit of the configuration file changed, as the log of changes keeps it. */
export type FileChange = {
  readonly action: string;
  readonly target: string;
  readonly server?: ServerName;
  readonly before?: object;
  readonly after?: object;
  /** A command that an edit of the file brought is code that runs: the event names all of it. */
  readonly command?: object;
};

type Servers = Snapshot['servers'];

function changeOf(before: ServerEntry | undefined, after: ServerEntry | undefined): FileChange | undefined {
  const entry = after ?? before;
  if (!entry) return undefined;
  const { name, transport } = entry;
  return {
    action: `server.${before === undefined ? 'add' : after === undefined ? 'remove' : 'change'}`,
    ...{ target: name, server: name },
    ...(before && { before: describeServer(before) }),
    ...(after && { after: describeServer(after) }),
    ...(after && transport.kind === 'stdio' && { command: commandLine(transport) }),
  };
}

/** Of the servers of the file; `changed` are those that are called in another way than before. */
export function serverChanges(
  changed: readonly ServerEntry[],
  now: Servers,
  before: Servers,
): readonly FileChange[] {
  const others = new Set(changed.map(({ name }) => name));
  const ofFile = (servers: Servers, name: ServerName) => {
    const entry = servers.get(name);
    return entry?.source === 'file' ? entry : undefined;
  };
  return [...new Set([...now.keys(), ...before.keys()])].flatMap(name => {
    const [former, present] = [ofFile(before, name), ofFile(now, name)];
    const isSame = former?.enabled === present?.enabled && !others.has(name);
    const change = isSame ? undefined : changeOf(former, present);
    return change ? [change] : [];
  });
}

/** Of the settings; a secret is named and not shown. */
export function settingChanges(now: Config, before: Config): readonly FileChange[] {
  return settingRows.flatMap(({ key, isSecret }) => {
    const [former, present] = [before.settings[key], now.settings[key]];
    if (isSecret || isDeepStrictEqual(former, present)) return [];
    const shown = (value: unknown) => ({ [key]: value ?? null });
    return [{ action: 'settings.change', target: key, before: shown(former), after: shown(present) }];
  });
}

type Deps = {
  readonly store: Pick<Store, 'addAudit'>;
  readonly ledger: Pick<Ledger, 'event'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Keeps them as changes of `file`: whoever edits it needs no account. */
export function noteFileChanges(changes: readonly FileChange[], { store, ledger, clock, log }: Deps): void {
  for (const { action, target, server, before, after, command } of changes) {
    const at = clock.now();
    const json = (value: object | undefined) => value && JSON.stringify(value);
    const row = { id: uuidv7(at), at, actor: 'file', action, target };
    store
      .addAudit({ ...row, before: json(before), after: json(after) })
      .catch(err => log.error({ err, action, target }, 'a change of the file could not be noted'));
    const detail = { actor: 'file', action, target, ...command };
    ledger.event({ type: 'admin_action', severity: 'low', server, detail });
  }
}
