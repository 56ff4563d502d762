import { createRequire } from 'node:module';
import { freePort } from './ports.ts';
import { startProcess } from './processes.ts';

export type Everything = { readonly url: string; readonly close: () => Promise<void> };

/** The program of the official `@modelcontextprotocol/server-everything`. */
const PROGRAM = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);

/** The same as an entry of the configuration file: a command that speaks over stdio. */
export const everythingCommand = { command: process.execPath, args: [PROGRAM, 'stdio'] };

/** server-everything as a real process that is reached by a URL: Streamable HTTP, or the older HTTP+SSE. */
export async function startEverything(
  mode: 'streamableHttp' | 'sse' = 'streamableHttp',
): Promise<Everything> {
  const port = await freePort();
  const running = startProcess(process.execPath, [PROGRAM, mode], { env: { PORT: String(port) } });
  await running.line(/(listening|running) on port/i);
  const path = mode === 'sse' ? 'sse' : 'mcp';
  return { url: `http://127.0.0.1:${port}/${path}`, close: async () => void (await running.stop()) };
}
