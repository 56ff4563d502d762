import { z } from 'zod';
import { Fault, type UserId } from '../../base/index.ts';
import { describeClient, makeClient, withNewSecret, wrongWith } from '../../oauth/index.ts';
import type { OAuthClient, User } from '../../store/index.ts';
import { demand } from '../api/access.ts';
import { audit } from '../api/audit.ts';
import type { ApiKit } from '../api/kit.ts';
import { type Asker, operation, wrong } from '../api/operation.ts';
import { findPerson } from './people/person.ts';

const PATH = '/admin/api/oauth-clients';
const ttl = z
  .number()
  .int()
  .min(60_000)
  .max(365 * 86_400_000)
  .nullish();

const draft = z.strictObject({
  client_name: z.string().min(1).max(200),
  redirect_uris: z.array(z.string()).max(20).default([]),
  auth: z.enum(['none', 'secret', 'key']).default('none'),
  jwks_uri: z.string().nullish(),
  user: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
  device: z.boolean().default(false),
  access_ttl_ms: ttl,
  refresh_ttl_ms: ttl,
});
const change = z.strictObject({ access_ttl_ms: ttl, refresh_ttl_ms: ttl });

const time = z.number().nullish();
const text = z.string().nullish();
const shown = z.looseObject({
  client_id: z.string(),
  client_name: text,
  /** `dcr`: it registered and named itself, `cimd`: its id is the address of its document, `admin`: made here. */
  source: z.string(),
  redirect_uris: z.array(z.string()).optional(),
  auth_method: z.string().optional(),
  has_secret: z.boolean().optional(),
  scopes: z.unknown().optional(),
  user_id: text,
  access_ttl_ms: time,
  refresh_ttl_ms: time,
  createdAt: time,
  createdAddress: text,
  lastSeenAt: time,
  lastAddress: text,
  lastAgent: text,
  lastTokenAt: time,
});
const withSecret = shown.extend({ client_secret: z.string().optional() });
/** An id that is a URL goes into the query, any other into the path. */
const byPath = z.strictObject({ id: z.string() });
const byQuery = z.strictObject({ client_id: z.string() });

async function find({ store }: ApiKit, id: string): Promise<OAuthClient> {
  const found = await store.oauth.client(id);
  if (!found) throw new Fault('not_found', { says: 'There is no such client' });
  return found;
}

/**
 * The tokens of such a client act as the user, and last longer than the key that asked. A service user, who has no
 * password, is a program's; over everybody else a person decides (C19).
 */
async function mayActAs({ actor }: Asker, user: User, kit: ApiKit): Promise<void> {
  const isPerson = user.role !== 'user' || (await kit.store.passwordHashOf(user.id)) !== undefined;
  if (isPerson) demand(actor, 'person', kit);
}

const list = operation({
  id: 'oauth-clients.list',
  method: 'get',
  path: PATH,
  summary: 'Every OAuth client, however it came to be known',
  access: 'read',
  answer: z.array(shown),
  handle: async ({ store }) =>
    (await store.oauth.listClients()).map(client => shown.parse(describeClient(client))),
});

const create = operation({
  id: 'oauth-clients.create',
  method: 'post',
  path: PATH,
  summary: 'Register a client; a secret is shown this once',
  access: 'rule',
  body: draft,
  answer: withSecret,
  status: 201,
  handle: async (kit, asked) => {
    const { body } = asked;
    const user = body.user ? await kit.store.userByName(body.user) : undefined;
    if (body.user && !user) throw wrong('user', 'there is no such user');
    if (user) await mayActAs(asked, user, kit);
    const drafted = {
      name: body.client_name,
      redirectUris: body.redirect_uris,
      auth: body.auth,
      jwksUri: body.jwks_uri ?? undefined,
      userId: user?.id as UserId | undefined,
      scopes: body.scopes ?? undefined,
      allowsDevices: body.device,
      accessTtlMs: body.access_ttl_ms ?? undefined,
      refreshTtlMs: body.refresh_ttl_ms ?? undefined,
    };
    const problem = wrongWith(drafted);
    if (problem !== undefined) throw wrong(...(problem.split(': ', 2) as [string, string]));
    const { client, secret } = makeClient(drafted, kit.clock);
    await kit.store.oauth.putClient(client);
    const after = describeClient(client);
    await audit(kit, asked, { action: 'client.add', target: client.id, after });
    return withSecret.parse({ ...after, client_secret: secret?.reveal() });
  },
});

const get = operation({
  id: 'oauth-clients.get',
  method: 'get',
  path: `${PATH}/:id`,
  summary: 'One client',
  access: 'read',
  params: byPath,
  answer: shown,
  handle: async (kit, { params }) => shown.parse(describeClient(await find(kit, params.id))),
});

type Asked = Parameters<typeof audit>[1];

async function nowOf(kit: ApiKit, id: string) {
  const client = await find(kit, id);
  const { accessTtlMs = null, refreshTtlMs = null } = client;
  const fields = { access_ttl_ms: accessTtlMs, refresh_ttl_ms: refreshTtlMs };
  return { fields, action: 'client.lifetime', names: [client.id] };
}

async function update(kit: ApiKit, asked: Asked, id: string, body: z.output<typeof change>) {
  const client = await find(kit, id);
  const next = <T>(given: T | null | undefined, kept: T | undefined) =>
    given === undefined ? kept : (given ?? undefined);
  const accessTtlMs = next(body.access_ttl_ms, client.accessTtlMs);
  const refreshTtlMs = next(body.refresh_ttl_ms, client.refreshTtlMs);
  if ((accessTtlMs ?? 0) > 30 * 86_400_000) throw wrong('access_ttl_ms', '30 days at most');
  const changed = { ...client, accessTtlMs, refreshTtlMs };
  await kit.store.oauth.putClient(changed);
  const [before, after] = [describeClient(client), describeClient(changed)];
  await audit(kit, asked, { action: 'client.lifetime', target: client.id, before, after });
  return shown.parse(after);
}

async function remove(kit: ApiKit, asked: Asked, id: string) {
  const client = await find(kit, id);
  await kit.store.oauth.deleteClient(client.id);
  await audit(kit, asked, { action: 'client.remove', target: client.id, before: { name: client.name } });
  return { client_id: client.id, removed: true };
}

const updates = { method: 'patch', summary: 'Change how long its tokens live', access: 'change' } as const;
const removes = {
  method: 'delete',
  summary: 'End a client and all that it was given',
  access: 'change',
} as const;
const removed = z.object({ client_id: z.string(), removed: z.boolean() });

/** Pre-registered clients, and the end of any. */
export const oauthClientOperations = [
  list,
  create,
  get,
  operation({
    ...updates,
    id: 'oauth-clients.update',
    path: `${PATH}/:id`,
    params: byPath,
    body: change,
    answer: shown,
    now: (kit, { params }) => nowOf(kit, params.id),
    turn: ({ params }) => `client ${params.id}`,
    handle: (kit, asked) => update(kit, asked, asked.params.id, asked.body),
  }),
  operation({
    ...updates,
    id: 'oauth-clients.update-by-url',
    path: PATH,
    query: byQuery,
    body: change,
    answer: shown,
    now: (kit, { query }) => nowOf(kit, query.client_id),
    turn: ({ query }) => `client ${query.client_id}`,
    handle: (kit, asked) => update(kit, asked, asked.query.client_id, asked.body),
  }),
  operation({
    ...removes,
    id: 'oauth-clients.remove',
    path: `${PATH}/:id`,
    params: byPath,
    answer: removed,
    handle: (kit, asked) => remove(kit, asked, asked.params.id),
  }),
  operation({
    ...removes,
    id: 'oauth-clients.remove-by-url',
    path: PATH,
    query: byQuery,
    answer: removed,
    handle: (kit, asked) => remove(kit, asked, asked.query.client_id),
  }),
  operation({
    id: 'oauth-clients.rotate',
    method: 'post',
    path: `${PATH}/:id/rotate`,
    summary: 'Give a client another secret, shown this once',
    access: 'rule',
    params: byPath,
    answer: z.object({ client_id: z.string(), client_secret: z.string() }),
    handle: async (kit, asked) => {
      const known = await find(kit, asked.params.id);
      if (known.userId !== undefined) await mayActAs(asked, await findPerson(kit, known.userId), kit);
      const made = withNewSecret(known);
      if (!made?.secret) throw new Fault('invalid_request', { says: 'The client has no secret' });
      await kit.store.oauth.putClient(made.client);
      await audit(kit, asked, { action: 'client.rotate-secret', target: made.client.id });
      return { client_id: made.client.id, client_secret: made.secret.reveal() };
    },
  }),
];
