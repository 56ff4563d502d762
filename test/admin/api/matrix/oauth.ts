import { makeClient } from '../../../../src/oauth/index.ts';
import { type Cell, CHANGE, CREATE, READ, type Row } from './cell.ts';

const CALLBACK = 'https://client.example/callback';

/** A client with a secret, in the name of nobody. */
async function clientOf({ callers, unique }: Cell): Promise<string> {
  const draft = { name: unique, redirectUris: [CALLBACK], auth: 'secret', allowsDevices: false } as const;
  const { client } = makeClient(draft, { now: () => Date.now() });
  await callers.store.oauth.putClient(client);
  return client.id;
}

const inPath = async (cell: Cell) => ({ params: { id: await clientOf(cell) } });
const inQuery = async (cell: Cell) => ({ query: `?client_id=${encodeURIComponent(await clientOf(cell))}` });
const body = { access_ttl_ms: 120_000 };

export const oauthRows: readonly Row[] = [
  { operation: 'oauth-clients.list', ask: () => ({}), own: READ },
  {
    operation: 'oauth-clients.create',
    ask: ({ unique }) => ({ body: { client_name: unique, redirect_uris: [CALLBACK] } }),
    own: CREATE,
  },
  { operation: 'oauth-clients.get', ask: inPath, own: READ },
  { operation: 'oauth-clients.update', ask: async cell => ({ ...(await inPath(cell)), body }), own: CHANGE },
  {
    operation: 'oauth-clients.update-by-url',
    ask: async cell => ({ ...(await inQuery(cell)), body }),
    own: CHANGE,
  },
  { operation: 'oauth-clients.remove', ask: inPath, own: CHANGE },
  { operation: 'oauth-clients.remove-by-url', ask: inQuery, own: CHANGE },
  { operation: 'oauth-clients.rotate', ask: inPath, own: CHANGE },
  { operation: 'api.describe', ask: () => ({}), own: READ },
];
