import type { User } from '../../../../src/store/index.ts';
import type { Cell } from './cell.ts';

/** A new group with these in it. */
export async function groupOf({ callers, unique }: Cell, members: readonly User[] = []): Promise<string> {
  const made = await callers.store.createGroup({ name: `${unique}-group` }, Date.now());
  if (typeof made === 'string') throw new Error(made);
  for (const { id } of members) await callers.store.addMember(made.id, id);
  await callers.refresh();
  return made.id;
}

/** A signed-in browser of theirs, by the id that its owner knows it by. */
export async function sessionOf({ callers, whose }: Cell): Promise<string> {
  const admin = await callers.ask('admin', `GET /admin/api/users/${whose.id}/sessions`);
  const known = admin.body as unknown as readonly { readonly id: string }[];
  const [first] = known;
  if (first) return first.id;
  await callers.sessionOf(whose);
  const again = await callers.ask('admin', `GET /admin/api/users/${whose.id}/sessions`);
  return (again.body as unknown as readonly { readonly id: string }[])[0]?.id ?? 'none';
}

/** An API key of theirs, by its id. */
export async function keyOf({ callers, whose }: Cell): Promise<string> {
  const { key } = await callers.keyOf(whose, ['mcp']);
  return key.split('_')[1] ?? 'none';
}

/** An invitation that nobody used yet. */
export async function inviteOf({ callers }: Cell): Promise<string> {
  return String((await callers.ask('admin', 'POST /admin/api/invites', {})).body.id);
}

/** A program that they let in, by its client id. */
export async function consentOf({ callers, whose, unique }: Cell): Promise<string> {
  const clientId = `client-${unique}`;
  const [scopes, resource, redirectUri] = ['mcp', `${callers.origin}/mcp`, 'http://127.0.0.1/callback'];
  const times = { createdAt: Date.now(), usedAt: Date.now() };
  const consent = { id: unique, userId: whose.id, clientId, key: unique, scopes, resource, redirectUri };
  await callers.store.oauth.putConsent({ ...consent, ...times });
  return clientId;
}

/** A page that they gave a name. */
export async function viewOf({ callers, whose, unique }: Cell): Promise<string> {
  const view = { id: `view-${unique}`, userId: whose.id, name: unique, address: '/admin/people' };
  await callers.store.keptViews.add({ ...view, madeAt: Date.now() }, 50);
  return view.id;
}
