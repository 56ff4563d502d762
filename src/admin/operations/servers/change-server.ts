import { Fault, printable, type ServerName } from '../../../base/index.ts';
import { newToolsOf } from '../../../config/index.ts';
import type { ServerEntry } from '../../../mcp/index.ts';
import { describeServer, withAddressClass } from '../../../upstream/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { type Asker, wrong } from '../../api/operation.ts';
import { readDraft, type ServerPatch, saysCredential, saysPlace, toDraft } from '../../servers/draft.ts';

export function findServer({ live }: ApiKit, id: string): ServerEntry {
  const { servers } = live.current();
  const found = servers.get(id as ServerName);
  if (!found) throw new Fault('not_found', { says: 'There is no such server' });
  return found;
}

/** One of the store; what the configuration file says is changed there alone. */
export function findOwn(kit: ApiKit, id: string): ServerEntry {
  const found = findServer(kit, id);
  if (found.source === 'store') return found;
  const says = `${found.name} stands in ${kit.config.configFileShown}. Change it there.`;
  throw new Fault('conflict', { says, data: { field: 'id' } });
}

/**
 * A command is code that runs here: only a person in a browser may bring one, where the operator lets them at all, and
 * never a key, which may have been stolen from a script.
 */
function checkCommand({ transport }: ServerEntry, { actor }: Asker, { config }: ApiKit): void {
  if (transport.kind !== 'stdio') return;
  const rule = config.settings['stdio.fromDashboard'];
  const isAllowed = rule === 'auto' ? config.mode.isPrivate : rule === 'true';
  if (actor.session === undefined)
    throw new Fault('insufficient_scope', {
      says: 'A command is added in the browser, with: authmcp-gateway server add, or in the configuration file',
    });
  if (!isAllowed)
    throw new Fault('insufficient_scope', {
      says: 'Commands are not added in the browser here (stdio.fromDashboard). Write it into the configuration file, or use: authmcp-gateway server add',
    });
}

async function classify(kit: ApiKit, entry: ServerEntry): Promise<ServerEntry> {
  const isPrivateAllowed = kit.config.settings['upstream.private'] !== 'deny';
  const found = await withAddressClass(entry, { egress: kit.egress, isPrivateAllowed });
  if (found.kind !== 'refused') return found.entry;
  const host = printable(found.host);
  throw wrong(
    'url',
    found.why === 'never'
      ? `${host} is a link-local, metadata, multicast or reserved address; such servers are never called`
      : `${host} is a private address, which the settings forbid; say "private": "allow" if that is meant`,
  );
}

function rulesOf({ config }: ApiKit) {
  const { dataDir, settings } = config;
  return { folder: dataDir, defaultTimeoutSeconds: settings['upstream.timeoutSeconds'] };
}

export type Drafted = { readonly entry: ServerEntry; readonly warnings: readonly string[] };

const OLD_ROUTING = 'routing_strategy means nothing here: names lead to the server that owns them.';

function warningsOf(patch: ServerPatch, warnings: readonly string[]): readonly string[] {
  return patch.routing_strategy ? [...warnings, OLD_ROUTING] : warnings;
}

/** A new server as asked for. Faults `invalid_request` with the field, `insufficient_scope` for a command. */
export async function draftServer(
  kit: ApiKit,
  asker: Asker,
  body: ServerPatch & { readonly name: string },
): Promise<Drafted> {
  const { entry, warnings } = readDraft(body.name, toDraft(body), rulesOf(kit));
  checkCommand(entry, asker, kit);
  const classified = await classify(kit, { ...entry, description: body.description ?? undefined });
  return { entry: classified, warnings: warningsOf(body, warnings) };
}

/** The same for one as a client's own file has it, as far as it can be read without looking up where its name leads. */
export function readPastedDraft(
  kit: ApiKit,
  asker: Asker,
  name: string,
  fields: Readonly<Record<string, unknown>>,
): Drafted {
  const { grants: _, ...draft } = fields;
  const drafted = readDraft(name, draft, rulesOf(kit));
  checkCommand(drafted.entry, asker, kit);
  return drafted;
}

export async function draftPasted(...given: Parameters<typeof readPastedDraft>): Promise<Drafted> {
  const { entry, warnings } = readPastedDraft(...given);
  return { entry: await classify(given[0], entry), warnings };
}

/** A URL that was not given anew stands for itself; a command is given whole. */
function withPlace(patch: ServerPatch, { transport }: ServerEntry): ServerPatch {
  if (transport.kind !== 'stdio') {
    const type = patch.type ?? transport.kind;
    return patch.command === undefined ? { ...patch, url: patch.url ?? transport.url, type } : patch;
  }
  if (patch.url !== undefined) return patch;
  const { command, args, cwd } = transport;
  const isOther = patch.command !== undefined;
  return {
    ...patch,
    command: patch.command ?? command,
    args: patch.args ?? (isOther ? [] : [...args]),
    cwd: patch.cwd ?? cwd,
  };
}

/** What the fields of the patch make of the server; what it does not name stays, secrets among it. */
function merge(before: ServerEntry, after: ServerEntry, patch: ServerPatch): ServerEntry {
  const said = (value: unknown) => value !== undefined;
  const keepsEnv = !said(patch.env) && before.transport.kind === 'stdio' && after.transport.kind === 'stdio';
  const transport =
    keepsEnv && before.transport.kind === 'stdio' && after.transport.kind === 'stdio'
      ? { ...after.transport, env: before.transport.env }
      : after.transport;
  return {
    ...before,
    title: patch.name ?? before.title,
    description: said(patch.description) ? (patch.description ?? undefined) : before.description,
    transport: saysPlace(patch) ? transport : before.transport,
    auth: saysCredential(patch) ? after.auth : before.auth,
    headers: said(patch.headers) ? after.headers : before.headers,
    prefix: said(patch.prefix ?? patch.tool_prefix ?? undefined) ? after.prefix : before.prefix,
    enabled: patch.enabled ?? before.enabled,
    timeoutMs: patch.timeout ? after.timeoutMs : before.timeoutMs,
    protocol: patch.protocol ?? before.protocol,
    private: said(patch.private) ? (patch.private ?? undefined) : before.private,
    stateless: patch.stateless ?? before.stateless,
    stateful: patch.stateful ?? before.stateful,
    deduplicate: patch.deduplicate ?? before.deduplicate,
    elicitationHosts: said(patch.elicitation_hosts) ? after.elicitationHosts : before.elicitationHosts,
  };
}

const originOf = ({ transport }: ServerEntry) =>
  transport.kind === 'stdio' ? undefined : new URL(transport.url).origin;

/** Accounts of people are bound to the resource by themselves; everything else is sent to whatever answers at the address. */
const holdsSecret = ({ auth }: ServerEntry): boolean =>
  auth.kind === 'oauth'
    ? [auth.clientSecret, auth.privateKey, auth.refreshToken].some(one => one !== undefined)
    : auth.kind !== 'none';

/** A credential is for whom it was given: whoever moves a server could read it there (threats 14). */
function checkMoved(before: ServerEntry, after: ServerEntry, patch: ServerPatch): void {
  if (originOf(before) === originOf(after)) return;
  const elsewhere = 'was for another address: say it anew, or take it away';
  if (holdsSecret(before) && !saysCredential(patch)) throw wrong('auth', elsewhere);
  if (Object.keys(before.headers).length > 0 && patch.headers === undefined)
    throw wrong('headers', elsewhere);
}

/** The server with some fields changed. Faults: as for a new one. */
export async function patchServer(
  kit: ApiKit,
  asker: Asker,
  before: ServerEntry,
  patch: ServerPatch,
): Promise<Drafted> {
  const { entry, warnings } = readDraft(before.name, toDraft(withPlace(patch, before)), rulesOf(kit));
  const merged = merge(before, entry, patch);
  checkMoved(before, merged, patch);
  if (saysPlace(patch)) checkCommand(merged, asker, kit);
  const isElsewhere = saysPlace(patch) || patch.private !== undefined;
  const after = isElsewhere ? await classify(kit, merged) : merged;
  return { entry: after, warnings: warningsOf(patch, warnings) };
}

function taken({ name }: ServerEntry): Fault {
  return new Fault('conflict', { says: `name: there is a server ${name} already`, data: { field: 'name' } });
}

/** Whether the name is free now. Fault `conflict`. */
export function checkFree({ live }: ApiKit, entry: ServerEntry): void {
  if (live.current().servers.has(entry.name)) throw taken(entry);
}

export async function keepNew(kit: ApiKit, asker: Asker, { entry }: Drafted): Promise<void> {
  checkFree(kit, entry);
  const newTools = newToolsOf(kit.config.mode, kit.configNow().settings);
  if (!(await kit.store.createServer(entry, kit.clock.now(), newTools))) throw taken(entry);
  await audit(kit, asker, { action: 'server.add', target: entry.name, after: describeServer(entry) });
}

/** No value of these is in the log; that another was given is, though it looks the same. */
const CREDENTIALS = ['auth', 'headers'] as const;

function replaced(before: ServerEntry, after: ServerEntry): object | undefined {
  const names = CREDENTIALS.filter(name => before[name] !== after[name]);
  return names.length > 0 ? { replaced: names } : undefined;
}

export async function keepChanged(
  kit: ApiKit,
  asker: Asker,
  before: ServerEntry,
  after: ServerEntry,
): Promise<void> {
  if (!(await kit.store.updateServer(after)))
    throw new Fault('not_found', { says: 'There is no such server' });
  await audit(kit, asker, {
    action: 'server.change',
    target: after.name,
    before: describeServer(before),
    after: { ...describeServer(after), ...replaced(before, after) },
  });
}

export async function removeServer(kit: ApiKit, asker: Asker, entry: ServerEntry): Promise<void> {
  if (!(await kit.store.deleteServer(entry.name)))
    throw new Fault('not_found', { says: 'There is no such server' });
  await audit(kit, asker, { action: 'server.remove', target: entry.name, before: describeServer(entry) });
}
