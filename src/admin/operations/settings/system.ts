import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { builtCommit } from '../../../config/index.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation } from '../../api/operation.ts';

const shown = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  node: z.string(),
  platform: z.string(),
  /** `local`: on this machine’s own names; `served`: for others. */
  mode: z.enum(['local', 'served']),
  origin: z.string(),
  started_at: z.string(),
  database: z.enum(['sqlite', 'postgres']),
  config_file: z.string(),
  data_dir: z.string(),
  /** Files of the data folder, the largest first. */
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
  disk: z.object({ free_bytes: z.number(), total_bytes: z.number() }).nullable(),
  signing_keys: z.array(
    z.object({ kid: z.string(), algorithm: z.string(), state: z.string(), created_at: z.string() }),
  ),
  /** `unreadable`: keys that the present master secret does not open. */
  data_keys: z.object({ count: z.number(), unreadable: z.number() }),
  memory_bytes: z.number(),
});

/** What goes while it is looked at is not there. */
async function filesIn(folder: string): Promise<{ name: string; bytes: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(({ name }) =>
        stat(join(folder, name)).then(
          ({ size }) => [{ name, bytes: size }],
          () => [],
        ),
      ),
  );
  return files.flat().sort((a, b) => b.bytes - a.bytes);
}

async function diskOf(folder: string): Promise<{ free_bytes: number; total_bytes: number } | null> {
  const found = await statfs(folder).catch(() => undefined);
  if (!found) return null;
  return { free_bytes: found.bavail * found.bsize, total_bytes: found.blocks * found.bsize };
}

const iso = (at: number) => new Date(at).toISOString();

async function describe({ config, store, clock, origin }: ApiKit, version: string) {
  const keys = await store.listSigningKeys();
  const { ids, unreadable } = store.dataKeys.state;
  return {
    ...{ version, commit: builtCommit() ?? null, node: process.versions.node, platform: process.platform },
    ...{ mode: config.mode.kind, origin: origin(), database: store.dialect },
    started_at: iso(clock.now() - process.uptime() * 1000),
    ...{ config_file: config.configFileShown, data_dir: config.dataDirShown },
    ...{ files: await filesIn(config.dataDir), disk: await diskOf(config.dataDir) },
    signing_keys: keys.map(({ kid, algorithm, state, createdAt }) => ({
      ...{ kid, algorithm, state, created_at: iso(createdAt) },
    })),
    data_keys: { count: ids.length, unreadable },
    memory_bytes: process.memoryUsage.rss(),
  };
}

/** What runs here, by what keys, and how much room there is. */
export const systemOperation = (version: string) =>
  operation({
    id: 'system.show',
    method: 'get',
    path: '/admin/api/system',
    summary: 'Version, mode, database, keys with their age, and the room that is left',
    access: 'read',
    answer: shown,
    handle: kit => describe(kit, version),
  });
