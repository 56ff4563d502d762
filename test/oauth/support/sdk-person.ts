import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { REDIRECT, type World } from './world.ts';

/** What both SDKs ask of a program about its sign-in, kept in memory; `visits` are the pages that were opened. */
export class Provider {
  readonly redirectUrl = REDIRECT;
  readonly visits: URL[] = [];
  readonly clientMetadataUrl?: string;
  readonly clientMetadata: object;
  info: { readonly client_id: string } | undefined;
  kept: { access_token: string; refresh_token?: string; scope?: string; token_type: string } | undefined;
  discovered: unknown;
  #verifier = '';

  constructor(metadataUrl?: string, scope?: string) {
    if (metadataUrl !== undefined) this.clientMetadataUrl = metadataUrl;
    this.clientMetadata = {
      client_name: 'SDK program',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...(scope !== undefined && { scope }),
    };
  }

  clientInformation = () => this.info;
  saveClientInformation = (info: { readonly client_id: string }) => {
    this.info = info;
  };
  tokens = () => this.kept;
  saveTokens = (tokens: typeof this.kept) => {
    this.kept = tokens;
  };
  redirectToAuthorization = (url: URL) => void this.visits.push(url);
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  codeVerifier = () => this.#verifier;
  saveDiscoveryState = (state: unknown) => {
    this.discovered = state;
  };
  discoveryState = () => this.discovered;
  state = () => 'sdk-state';
  invalidateCredentials = (what: string) => {
    if (what === 'all' || what === 'client') this.info = undefined;
    if (what === 'all' || what === 'tokens') this.kept = undefined;
  };
}

export type Connection = {
  readonly listTools: () => Promise<readonly string[]>;
  readonly callTool: (name: string, args?: object) => Promise<unknown>;
  readonly close: () => Promise<void>;
};
type Transport = { finishAuth(code: string, iss?: string): Promise<void> };
type Sdk = {
  readonly open: (
    url: string,
    provider: Provider,
  ) => {
    readonly transport: Transport;
    readonly connect: () => Promise<Connection>;
  };
};

const SDKS: Readonly<Record<'v1' | 'v2', Sdk>> = {
  v1: {
    open: (url, provider) => {
      const transport = new TransportV1(new URL(url), { authProvider: provider as never });
      const client = new ClientV1({ name: 'sdk-v1', version: '1' });
      return {
        transport,
        connect: async () => {
          await client.connect(transport as never);
          return {
            listTools: async () => (await client.listTools()).tools.map(tool => tool.name),
            callTool: (name, args = {}) => client.callTool({ name, arguments: args as never }),
            close: () => client.close(),
          };
        },
      };
    },
  },
  v2: {
    open: (url, provider) => {
      const transport = new TransportV2(new URL(url), { authProvider: provider as never });
      const client = new ClientV2({ name: 'sdk-v2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      return {
        transport: { finishAuth: (code, iss) => transport.finishAuth(code, iss) },
        connect: async () => {
          await client.connect(transport);
          return {
            listTools: async () =>
              (await client.listTools(undefined, { cacheMode: 'refresh' })).tools.map(tool => tool.name),
            callTool: (name, args = {}) => client.callTool({ name, arguments: args as never }),
            close: () => client.close(),
          };
        },
      };
    },
  },
};

/** Where it is, and the browser of the person. */
export type Where = Pick<World, 'url' | 'browserOf'>;

/** Runs `work`; where the SDK wants the person, the person signs in and agrees, and it is run once more. */
export async function withPerson<T>(
  world: Where,
  name: string,
  provider: Provider,
  { work, finish }: { readonly work: () => Promise<T>; readonly finish: Transport['finishAuth'] },
): Promise<T> {
  const before = provider.visits.length;
  try {
    return await work();
  } catch (error) {
    const url = provider.visits.at(-1);
    if (provider.visits.length === before || !url) throw error;
    const page = await world.browserOf(name).signIn(url.href);
    const back = new URL(page.url).searchParams;
    if (back.get('state') !== 'sdk-state') throw new Error(`The state is ${back.get('state')}`);
    await finish(back.get('code') ?? '', back.get('iss') ?? undefined);
    return work();
  }
}

/** A program that is connected as this person, by whatever it takes. */
export async function connectAs(
  world: Where,
  name: string,
  {
    sdk,
    provider,
    path = '/mcp',
  }: { readonly sdk: 'v1' | 'v2'; readonly provider: Provider; readonly path?: string },
): Promise<{ readonly connection: Connection; readonly finish: Transport['finishAuth'] }> {
  let opened = SDKS[sdk].open(world.url(path), provider);
  const { transport } = opened;
  const connection = await withPerson(world, name, provider, {
    work: () => {
      const now = opened;
      opened = SDKS[sdk].open(world.url(path), provider);
      return now.connect();
    },
    finish: (code, iss) => transport.finishAuth(code, iss),
  });
  return { connection, finish: (code, iss) => transport.finishAuth(code, iss) };
}
