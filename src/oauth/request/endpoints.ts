import type { Exchange } from '../../http/index.ts';
import { header } from '../../http/index.ts';
import type { Shown } from '../adapter/access-tokens.ts';
import { PATHS } from '../provider-settings.ts';
import type { OAuthDeps } from '../types.ts';
import { type Offer, prepareAuthorization, spellResources } from './authorize.ts';
import { Fields } from './fields.ts';
import { isRefused, prepareRegistration } from './registration.ts';
import { prepareLookup } from './token.ts';

/** What is changed about a request before the provider sees it. */
type Preparation = (given: Given) => Ready | Refusal | Promise<Ready | Refusal>;

type Given = { readonly exchange: Exchange; readonly deps: OAuthDeps; readonly text: string };

export type Ready = {
  readonly query: string;
  readonly body: { readonly text: string; readonly type: string } | undefined;
  readonly shown?: { readonly id: string; readonly token: Shown } | undefined;
};
export type Refusal = {
  readonly status: number;
  readonly error: string;
  readonly error_description: string;
};

export type Endpoint = {
  readonly methods: readonly string[];
  /** Where the provider has it. */
  readonly path: string;
  readonly prepare: Preparation;
  /** Which of the limits per address counts here. */
  readonly limit: 'begun' | 'failed' | 'registrations' | undefined;
};

const FORM = 'application/x-www-form-urlencoded';
const typeOf = ({ exchange }: Given) => header(exchange.request, 'content-type') ?? '';

const asIs: Preparation = given => ({
  query: given.exchange.query,
  body: given.text === '' ? undefined : { text: given.text, type: typeOf(given) },
});

/** A form, or JSON that means the same; anything else is the provider's to refuse. */
function readFields(given: Given): Fields | undefined {
  const type = typeOf(given);
  if (/^application\/json\b/i.test(type)) return Fields.fromJson(given.text);
  return type.toLowerCase().startsWith(FORM) ? new Fields(given.text) : undefined;
}

const malformed: Refusal = {
  status: 400,
  error: 'invalid_request',
  error_description: 'the body must be a form',
};

function ofForm(change: (fields: Fields, given: Given) => void | Promise<void>): Preparation {
  return async given => {
    const fields = readFields(given);
    if (!fields) return malformed;
    await change(fields, given);
    return { query: given.exchange.query, body: { text: fields.toString(), type: FORM } };
  };
}

/** Who asks: by the parameter, or by the name in the header (RFC 6749 section 2.3.1). */
function clientIdOf(fields: Fields, { exchange }: Given): string | undefined {
  const named = fields.get('client_id');
  if (named !== undefined) return named;
  const basic = /^basic ([\w+/=]+)$/i.exec(header(exchange.request, 'authorization') ?? '')?.[1];
  const name =
    Buffer.from(basic ?? '', 'base64')
      .toString('utf8')
      .split(':')[0] ?? '';
  return name === '' ? undefined : name.replaceAll('%5F', '_').replaceAll('%2D', '-');
}

async function offerTo(fields: Fields, given: Given): Promise<Offer> {
  const { live, store, origin } = given.deps;
  const id = clientIdOf(fields, given);
  const client = id === undefined ? undefined : await store.oauth.client(id);
  const own = client?.source === 'admin' ? JSON.parse(client.metadata).authmcp_scopes : undefined;
  const { servers, spellings } = live.current();
  return { origin: origin(), spellings, servers: servers.keys(), limit: own };
}

const authorize: Preparation = async given => {
  const fields = new Fields(given.exchange.query);
  // A pushed request was prepared when it was pushed, and what stands beside it counts for nothing (RFC 9126).
  if (fields.get('request_uri') === undefined) prepareAuthorization(fields, await offerTo(fields, given));
  return { query: fields.toString(), body: undefined };
};

const ask = ofForm(async (fields, given) => prepareAuthorization(fields, await offerTo(fields, given)));

const token = ofForm(async (fields, given) => {
  const isOwn = fields.get('grant_type') === 'client_credentials';
  if (isOwn) prepareAuthorization(fields, await offerTo(fields, given));
  else {
    const { origin, live } = given.deps;
    spellResources(fields, { origin: origin(), spellings: live.current().spellings });
  }
});

const lookup: Preparation = async given => {
  const fields = readFields(given);
  if (!fields) return malformed;
  const shown = await prepareLookup(fields, given.deps.keyRing, given.deps.origin());
  return { query: '', body: { text: fields.toString(), type: FORM }, shown };
};

const registrationIsOff: Refusal = {
  status: 403,
  error: 'access_denied',
  error_description: 'clients do not register themselves here; an administrator makes them',
};

const register: Preparation = given => {
  const { request } = given.exchange;
  if (!given.deps.settings.allowDcr) return registrationIsOff;
  if (request.method !== 'POST' && request.method !== 'PUT') return asIs(given);
  let value: unknown;
  try {
    value = JSON.parse(given.text);
  } catch {
    return { status: 400, error: 'invalid_client_metadata', error_description: 'the body must be JSON' };
  }
  const prepared = prepareRegistration(value);
  if (isRefused(prepared)) return { status: 400, ...prepared };
  const kept = request.method === 'PUT' ? { ...prepared, ...ownId(value) } : prepared;
  return { query: '', body: { text: JSON.stringify(kept), type: 'application/json' } };
};

/** RFC 7592 section 2.2: who is updated, and with which secret; the store compares hashes. */
function ownId(value: unknown): object {
  const { client_id } = value as { readonly client_id?: unknown };
  return typeof client_id === 'string' ? { client_id } : {};
}

const POST = ['POST'];
const TABLE: readonly (Endpoint & { readonly at: RegExp })[] = [
  { at: /^\/authorize$/, methods: ['GET'], path: PATHS.authorization, prepare: authorize, limit: 'begun' },
  { at: /^\/authorize\/([\w-]+)$/, methods: ['GET'], path: '/authorize/$1', prepare: asIs, limit: undefined },
  { at: /^(?:\/oauth)?\/token$/, methods: POST, path: PATHS.token, prepare: token, limit: 'failed' },
  {
    at: /^(?:\/oauth)?\/register$/,
    methods: POST,
    path: PATHS.registration,
    prepare: register,
    limit: 'registrations',
  },
  {
    at: /^(?:\/oauth)?\/register\/([\w-]+)$/,
    methods: ['GET', 'PUT', 'DELETE'],
    path: `${PATHS.registration}/$1`,
    prepare: register,
    limit: 'failed',
  },
  { at: /^\/oauth\/revoke$/, methods: POST, path: PATHS.revocation, prepare: lookup, limit: 'failed' },
  { at: /^\/oauth\/introspect$/, methods: POST, path: PATHS.introspection, prepare: lookup, limit: 'failed' },
  {
    at: /^\/oauth\/par$/,
    methods: POST,
    path: PATHS.pushed_authorization_request,
    prepare: ask,
    limit: 'begun',
  },
  {
    at: /^\/oauth\/device_authorization$/,
    methods: POST,
    path: PATHS.device_authorization,
    prepare: ask,
    limit: 'begun',
  },
];

/** What answers at a path; undefined: nothing of the authorization server. */
export function endpointOf(path: string): Endpoint | undefined {
  const row = TABLE.find(({ at }) => at.test(path));
  return row && { ...row, path: path.replace(row.at, row.path) };
}
