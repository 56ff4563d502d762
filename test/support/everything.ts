import { createRequire } from 'node:module';
import { freePort } from './ports.ts';
import { startProcess } from './processes.ts';

export type Everything = { readonly url: string; readonly close: () => Promise<void> };

/** The official `@modelcontextprotocol/server-everything` as a real process in Streamable HTTP mode. */
export async function startEverything(): Promise<Everything> {
  const port = await freePort();
  const program = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/dist/index.js',
  );
  const args = [program, 'streamableHttp'];
  const running = startProcess(process.execPath, args, { env: { PORT: String(port) } });
  await running.line(/listening on port/i);
  return { url: `http://127.0.0.1:${port}/mcp`, close: async () => void (await running.stop()) };
}
