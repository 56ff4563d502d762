import { basename, dirname } from 'node:path';
import { type Import, readImports, type Sources, withoutComments } from './sources.ts';

const HOUSE = 'base mcp http policy store shared live ledger';

/** Which rooms each room may import; `policy:type` means types only. */
const DIRECTION: Readonly<Record<string, string>> = {
  base: '',
  config: 'base mcp',
  mcp: 'base',
  http: 'base mcp',
  policy: 'base mcp',
  store: 'base mcp policy:type',
  shared: 'base',
  live: 'base config mcp policy store shared',
  ledger: 'base mcp policy store shared',
  upstream: HOUSE,
  catalogue: `${HOUSE} upstream`,
  auth: HOUSE,
  pages: 'base auth',
  oauth: `${HOUSE} auth pages`,
  proxy: `${HOUSE} upstream catalogue auth`,
  auditor: 'base http mcp store ledger upstream',
  admin: `${HOUSE} config upstream catalogue auth pages oauth auditor`,
  gateway: `${HOUSE} config upstream catalogue auth pages oauth proxy auditor admin`,
  cli: `${HOUSE} config upstream catalogue auth oauth auditor admin gateway`,
  main: 'cli gateway',
};

/** `src/proxy/handle.ts` is in room `proxy`, `src/gateway.ts` is a room of its own. */
const roomOf = (path: string) => path.split('/')[1]?.replace(/\.ts$/, '') ?? '';
const crossings = (sources: Sources) =>
  readImports(sources).filter(one => roomOf(one.from) !== roomOf(one.to));
const name = ({ from, to }: Import) => `${from} → ${to}`;

export function wrongDirections(sources: Sources): readonly string[] {
  const isAllowed = (one: Import) => {
    const allowed = (DIRECTION[roomOf(one.from)] ?? '').split(' ');
    return allowed.includes(roomOf(one.to)) || (one.isType && allowed.includes(`${roomOf(one.to)}:type`));
  };
  return crossings(sources)
    .filter(one => !isAllowed(one))
    .map(name);
}

export function unknownRooms(sources: Sources): readonly string[] {
  return [...new Set([...sources.keys()].map(roomOf))].filter(room => DIRECTION[room] === undefined);
}

/** A room is entered through its `index.ts`, and never by itself. */
export function skippedDoors(sources: Sources): readonly string[] {
  const isDoor = (path: string) => path.split('/').length === 2 || /^src\/[^/]+\/index\.ts$/.test(path);
  const own = readImports(sources).filter(
    one => roomOf(one.from) === roomOf(one.to) && /^src\/[^/]+\/index\.ts$/.test(one.to),
  );
  return [...crossings(sources).filter(one => !isDoor(one.to)), ...own].map(name);
}

/** Loops of value imports; types vanish before the program runs. */
export function cycles(sources: Sources): readonly string[] {
  const next = new Map<string, string[]>();
  for (const one of readImports(sources).filter(one => !one.isType))
    next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) return void found.push([...trail.slice(at), path].join(' → '));
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}

const lines = (source: string) => source.split('\n').length - (source.endsWith('\n') ? 1 : 0);

export function tooLong(sources: Sources): readonly string[] {
  const limit = (path: string) => (/^src\/[^/]+\/index\.ts$/.test(path) ? 30 : 300);
  return [...sources].filter(([path, source]) => lines(source) > limit(path)).map(([path]) => path);
}

export function tooFull(sources: Sources): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of sources.keys()) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 15).map(([folder]) => folder);
}

/** What may stand only in some places. */
const PLACES: readonly { readonly what: string; readonly pattern: RegExp; readonly only: RegExp }[] = [
  { what: 'default export', pattern: /^export default\b/m, only: /^$/ },
  { what: 'process.env', pattern: /\bprocess\.env\b/, only: /^src\/config\// },
  { what: 'console', pattern: /\bconsole\s*\.\s*\w/, only: /^src\/main\.ts$/ },
  {
    what: 'node:sqlite',
    pattern: /^import (?!type\b)[^;]*['"]node:sqlite['"]|\((['"])node:sqlite\1\)/m,
    only: /^src\/store\/.*worker[^/]*\.ts$/,
  },
  {
    what: 'node:child_process',
    pattern: /from\s+['"]node:child_process['"]/,
    only: /^src\/(upstream\/stdio|cli)\//,
  },
  { what: 'undici', pattern: /from\s+['"]undici['"]/, only: /^src\/http\/egress\.ts$/ },
  { what: 'global fetch', pattern: /(?<![.\w#])fetch\(/, only: /^src\/http\/egress\.ts$/ },
];

export function outOfPlace(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, source]) => {
    const code = withoutComments(source);
    return PLACES.filter(({ pattern, only }) => !only.test(path) && pattern.test(code)).map(
      ({ what }) => `${what} in ${path}`,
    );
  });
}

export function silencedChecks(sources: Sources): readonly string[] {
  const pattern = /biome-ignore|@ts-(?:ignore|expect-error|nocheck)|(?:v8|c8|istanbul) ignore/;
  return [...sources].filter(([, source]) => pattern.test(source)).map(([path]) => path);
}

const EMPTY_WORD = '(?:Manager|Service|Helpers?|Utils?|Impl|Handler)';

/** Names that say nothing of the thing: they end in a word that fits everything. */
export function emptyNames(sources: Sources): readonly string[] {
  const declared = new RegExp(
    `\\b(?:class|function|const|let|type|interface)\\s+(\\w*${EMPTY_WORD})\\b`,
    'g',
  );
  const file = /(?:^|-)(?:manager|service|helpers?|utils?|impl|handler)\.ts$/;
  return [...sources].flatMap(([path, source]) => [
    ...(file.test(basename(path)) ? [path] : []),
    ...[...withoutComments(source).matchAll(declared)].map(([, found]) => `${found} in ${path}`),
  ]);
}

/** How often each file takes a secret out of its box. */
export function revealed(sources: Sources): Readonly<Record<string, number>> {
  const counts = [...sources].map(([path, source]) => {
    return [path, withoutComments(source).match(/\.reveal\(\)/g)?.length ?? 0] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
