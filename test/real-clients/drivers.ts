import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBrowser, type Page } from '../support/browser.ts';
import type { Installed } from './install.ts';
import { openPty, openTerminal, type Place, runIn, type Terminal } from './terminal.ts';

export type Stage = {
  readonly installed: Installed;
  /** A home of the client's own, without anything of the person who runs this. */
  readonly place: Place;
  readonly mcp: string;
  readonly person: { readonly name: string; readonly password: string };
};

export type Driver = {
  readonly package: Parameters<Installed['version']>[0];
  /** The host of the URL that it sends as its id where documents are announced. */
  readonly document: string | undefined;
  /** What makes it forget an address that nobody answers at; without it, it asks again by itself. */
  readonly forget: readonly string[] | undefined;
  /** Signs in by the pages and goes on until it has the tools; tells what it said in the end. */
  readonly drive: (stage: Stage, browse: Browse) => Promise<string>;
};

/** What the person does with the address that the client printed; `stop` leaves the last redirect to the caller. */
export type Browse = (address: string, stop?: boolean) => Promise<Page>;

/** Thrown when the browser ends at a page of the gateway that says what is wrong. */
export class WrongTurn extends Error {}

const isCallback = (url: URL) =>
  url.pathname.startsWith('/callback') || url.pathname.startsWith('/oauth/callback');

export function browseAs({ person }: Stage, seen: (address: string) => void): Browse {
  return async (address, stop = false) => {
    seen(address);
    const fill = { name: person.name, password: person.password };
    const browser = createBrowser({ fill, stopAt: url => stop && isCallback(url) });
    const first = await browser.open(address);
    if (first.status >= 400) throw new WrongTurn(first.text);
    return browser.signIn(address);
  };
}

async function using<T>(terminal: Terminal, work: (terminal: Terminal) => Promise<T>): Promise<T> {
  try {
    return await work(terminal);
  } finally {
    await terminal.close();
  }
}

const rpc = (id: number, method: string, params: object) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
const notice = (method: string) => `${JSON.stringify({ jsonrpc: '2.0', method })}\n`;

const claude: Driver['drive'] = async ({ installed, place, mcp }, browse) => {
  const program = installed.binary('claude');
  const known = await runIn(place, [program, 'mcp', 'list']);
  if (!known.includes(mcp))
    await runIn(place, [program, 'mcp', 'add', '--transport', 'http', 'authmcp', mcp]);
  await using(openPty([program, 'mcp', 'login', 'authmcp', '--no-browser'], place), async terminal => {
    const [address] = await terminal.until(/https?:\/\/\S+\/authorize\?\S+/);
    const { url } = await browse(address, true);
    terminal.type(`${url}\r`);
    await terminal.until(/authenticated|logged in|success/i);
  });
  const [line = ''] = /^authmcp.*$/m.exec(await runIn(place, [program, 'mcp', 'list'])) ?? [];
  return /Connected/.test(line) ? 'Connected' : line;
};

/** Its own server for editors lists what the configured servers have, without an account. */
async function codexTools(program: string, place: Place): Promise<string> {
  return using(openTerminal([program, 'app-server'], place), async terminal => {
    terminal.type(rpc(1, 'initialize', { clientInfo: { name: 'real-clients', version: '1' } }));
    await terminal.until(/"id":1\b/);
    terminal.type(notice('initialized'));
    terminal.type(rpc(2, 'mcpServerStatus/list', {}));
    const [line] = await terminal.until(/^.*"id":2\b.*$/m);
    return line.includes('sample_') ? 'lists tools' : line;
  });
}

const codex: Driver['drive'] = async ({ installed, place, mcp }, browse) => {
  const program = installed.binary('codex');
  const folder = join(place.env.HOME ?? '', '.codex');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.toml'), 'mcp_oauth_credentials_store = "file"\n');
  await using(openTerminal([program, 'mcp', 'add', 'authmcp', '--url', mcp], place), async terminal => {
    const [address] = await terminal.until(/https?:\/\/\S+\/authorize\?\S+/);
    await browse(address);
    await terminal.until(/Successfully logged in/i);
  });
  const list = await runIn(place, [program, 'mcp', 'list']);
  if (!/authmcp.*OAuth/.test(list)) return list;
  return `says OAuth, ${await codexTools(program, place)}`;
};

const mcpRemote: Driver['drive'] = ({ installed, place, mcp }, browse) =>
  using(openTerminal([installed.binary('mcp-remote'), mcp], place), async terminal => {
    const [address] = await terminal.until(/https?:\/\/\S+\/authorize\?\S+/);
    await browse(address);
    await terminal.until(/Proxy established|Connected to remote/i);
    const about = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'real-clients', version: '1' },
    };
    terminal.type(rpc(1, 'initialize', about));
    await terminal.until(/^\{.*"id":1\b.*$/m);
    terminal.type(notice('notifications/initialized'));
    terminal.type(rpc(2, 'tools/list', {}));
    const [line] = await terminal.until(/^\{.*"id":2\b.*$/m);
    return line.includes('sample_') ? 'lists tools' : line;
  });

/** Before the second try. */
export async function forget(
  { forget: [name, ...args] = [] }: Driver,
  { installed, place }: Stage,
): Promise<void> {
  if (name !== undefined) await runIn(place, [installed.binary(name), ...args]);
}

export const DRIVERS: readonly Driver[] = [
  {
    package: '@anthropic-ai/claude-code',
    document: 'claude.ai',
    forget: ['claude', 'mcp', 'logout', 'authmcp'],
    drive: claude,
  },
  { package: '@openai/codex', document: 'chatgpt.com', forget: undefined, drive: codex },
  { package: 'mcp-remote', document: undefined, forget: undefined, drive: mcpRemote },
];
