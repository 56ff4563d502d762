import type { Clock } from '../../../../src/base/index.ts';
import { type Echo2025, startEcho2025 } from '../../../fixtures/echo-2025.ts';
import { PASSWORD, startWorld, type World } from '../../../oauth/support/world.ts';
import { createBrowser, type Page } from '../../../support/browser.ts';
import type { HereOptions } from '../../../support/gateway-here.ts';
import { legacyClient, modernClient, type RpcAnswer } from '../../../support/mcp.ts';

const URL_MODE = { elicitation: { form: {}, url: {} } };

export type TwoGateways = {
  /** The gateway under test; `other` is the server where each person has an account. */
  readonly here: World;
  /** Another gateway, which is authorization server and MCP server in one: people's accounts there reach different servers. */
  readonly there: World;
  readonly red: Echo2025;
  readonly blue: Echo2025;
  /** The browser of a person, who is called the same on both sides. */
  readonly browse: (name: string, url: string) => Promise<Page>;
  /** The same browser when it is signed in here, without filling in anything. */
  readonly visit: (name: string, url: string) => Promise<Page>;
  readonly modern: (name: string, capabilities?: object) => ReturnType<typeof modernClient>;
  readonly legacy: (
    name: string,
    revision?: string,
    capabilities?: object,
  ) => ReturnType<typeof legacyClient>;
  readonly close: () => Promise<void>;
};

/** The link that an answer holds, in whatever form. */
export function linkIn(answer: RpcAnswer): string {
  return /http:\/\/localhost:\d+\/connect\/[\w.-]+/.exec(answer.text)?.[0] ?? `none in ${answer.text}`;
}

/** The names of the tools in a list. */
export async function toolsOf(client: {
  request(method: string, params?: unknown): Promise<RpcAnswer>;
}): Promise<readonly string[]> {
  const { message } = await client.request('tools/list', {});
  const tools = message.result?.tools as unknown as readonly { readonly name: string }[] | undefined;
  return tools?.map(tool => tool.name) ?? [];
}

export async function startTwoGateways(
  options: { readonly clock?: Clock; readonly auth?: object } & Partial<
    Pick<HereOptions, 'settings' | 'servers'>
  > = {},
): Promise<TwoGateways> {
  const [red, blue] = await Promise.all([startEcho2025({ name: 'red' }), startEcho2025({ name: 'blue' })]);
  const there = await startWorld({ servers: { red: red.url, blue: blue.url } });
  const auth = options.auth ?? { oauth: { per: 'user' } };
  const here = await startWorld({
    servers: { other: { url: there.url('/mcp'), auth }, ...options.servers },
    ...(options.clock && { clock: options.clock }),
    ...(options.settings && { settings: options.settings }),
  });
  await there.addPerson('ann', ['red']);
  await there.addPerson('ben', ['blue']);
  const keys = new Map<string, string>();
  for (const name of ['ann', 'ben', 'eve']) {
    await here.addPerson(name, ['other']);
    keys.set(name, await here.keyOf(name));
  }
  const to = (name: string, capabilities: object) => ({
    url: here.url('/mcp'),
    token: keys.get(name) ?? '',
    capabilities: capabilities as Record<string, unknown>,
  });
  return {
    here,
    there,
    red,
    blue,
    browse: (name, url) => createBrowser({ fill: { name, password: PASSWORD } }).signIn(url),
    visit: async (name, url) => {
      const browser = createBrowser({
        fill: { name, password: PASSWORD },
        stopAt: page => /^\/(admin|account)$/.test(page.pathname),
      });
      await browser.signIn(here.url('/login'));
      return browser.open(url);
    },
    modern: (name, capabilities = URL_MODE) => modernClient(to(name, capabilities)),
    legacy: (name, revision = '2025-11-25', capabilities = URL_MODE) =>
      legacyClient({ ...to(name, capabilities), revision }),
    close: async () => {
      await here.close();
      await there.close();
      await Promise.all([red.close(), blue.close()]);
    },
  };
}
