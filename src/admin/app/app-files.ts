import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** One file of the pages, as it is and compressed (RFC 7932). */
export type AppFile = { readonly plain: Uint8Array<ArrayBuffer>; readonly brotli: Uint8Array<ArrayBuffer> };

export type AppFiles = {
  /** The names of script and style; undefined while the pages are not built. */
  entry(): Promise<{ readonly script: string; readonly style: string } | undefined>;
  /** A file by the name that holds its hash; undefined for any other. */
  read(name: string): Promise<AppFile | undefined>;
};

const manifestShape = z.object({ script: z.string(), style: z.string(), files: z.array(z.string()) });
type Manifest = z.output<typeof manifestShape>;

/** Beside the bundle that ships, or where a checkout builds them. */
function folder(): string {
  const shipped = fileURLToPath(new URL('./ui/', import.meta.url));
  return existsSync(shipped) ? shipped : fileURLToPath(new URL('../../../ui/dist/', import.meta.url));
}

/** The built pages, read when they are first asked for and then held: a few hundred kilobytes. */
export function createAppFiles(place = folder()): AppFiles {
  let manifest: Manifest | undefined;
  const held = new Map<string, AppFile>();

  const load = async (): Promise<Manifest | undefined> => {
    const text = await readFile(join(place, 'manifest.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) manifest = manifestShape.parse(JSON.parse(text));
    return manifest;
  };
  const bytes = async (name: string) => new Uint8Array(await readFile(join(place, name)));

  return {
    entry: async () => manifest ?? (await load()),
    read: async name => {
      const known = held.get(name);
      if (known) return known;
      if (!(manifest ?? (await load()))?.files.includes(name)) return undefined;
      const file = { plain: await bytes(name), brotli: await bytes(`${name}.br`) };
      held.set(name, file);
      return file;
    },
  };
}
