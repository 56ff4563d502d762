import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { foreignNames, retiredNames, settingRows } from '../../src/config/index.ts';
import { readSources } from '../architecture/sources.ts';
import { parityRows } from './rows.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const text = (name: string) => readFileSync(`${ROOT}/${name}`, 'utf8');

/** The issues whose rows must be shown to hold. */
const CLOSED: readonly number[] = [1, 2, 3, 4, 5];

const TITLE = /\b(?:it|test)(?:\.\w+)*(?:\([^)]*\))?\(\s*(['"`])(?<title>(?:\\.|(?!\1)[^\\])*)\1/g;

function titles(): ReadonlySet<string> {
  const sources = [...readSources(ROOT, 'test')].filter(([path]) => path.endsWith('.test.ts'));
  return new Set(
    sources.flatMap(([, source]) => [...source.matchAll(TITLE)].map(({ groups }) => groups?.title ?? '')),
  );
}

describe('parity with version 1', () => {
  it('each row of a closed issue has a test that exists, or is retired', () => {
    const known = titles();
    const open = parityRows.filter(
      row =>
        CLOSED.includes(row.issue) &&
        (row.test === undefined ? row.retired === undefined : !known.has(row.test)),
    );
    expect(open.map(row => `${row.id}: ${row.test ?? 'no test'}`)).toEqual([]);
  });

  it('a test that any row names exists', () => {
    const known = titles();
    expect(
      parityRows.filter(row => row.test !== undefined && !known.has(row.test)).map(row => row.id),
    ).toEqual([]);
  });

  it('no row stands twice', () => {
    const ids = parityRows.map(row => row.id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.length).toBeGreaterThan(190);
  });

  it('each environment name of version 1 is a setting, a retired name, or read by the compose file', () => {
    const read = new Set([...settingRows.flatMap(row => row.env), ...Object.keys(foreignNames)]);
    const names = parityRows.flatMap(row => /^env: ([A-Z_]+)$/.exec(row.id)?.[1] ?? []);
    expect(names.filter(name => !read.has(name) && retiredNames[name] === undefined)).toEqual([]);
    expect(Object.keys(retiredNames).filter(name => !names.includes(name))).toEqual([]);
  });
});

describe('the papers', () => {
  it('the compose file publishes the port of GATEWAY_PORT under the reference’s names', () => {
    const service = parse(text('compose.yaml')).services['authmcp-gateway'];
    expect(service).toMatchObject({
      container_name: 'authmcp-gateway',
      ports: [`\${GATEWAY_PORT:-9105}:8000`],
      environment: {
        PORT: '8000',
        MCP_PUBLIC_URL: `\${MCP_PUBLIC_URL:-http://localhost:\${GATEWAY_PORT:-9105}}`,
      },
      volumes: ['./data:/app/data'],
      read_only: true,
    });
    expect(service.build.dockerfile).toBe('deploy/Dockerfile');
  });

  it('the image runs as nobody special, writes to its data only and checks itself', () => {
    const lines = text('deploy/Dockerfile').split('\n');
    const last = lines.slice(lines.findLastIndex(line => line.startsWith('FROM ')));
    expect(last.filter(line => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.join('\n')).toMatch(/HEALTHCHECK .*"healthcheck"\]/);
    expect(last.findIndex(line => line.startsWith('USER '))).toBeLessThan(
      last.findIndex(line => line.startsWith('CMD ')),
    );
    expect(text('deploy/Dockerfile')).not.toMatch(/latest|ADD http|curl|sudo/);
    for (const [, from] of text('deploy/Dockerfile').matchAll(/^COPY (?!--from)(\S+)/gm)) {
      expect(text('.dockerignore')).toContain(`!${from?.replace(/^\.\//, '')}`);
    }
  });

  it('the README keeps the headings that people look for', () => {
    const readme = text('README.md');
    const wanted = [
      '## Troubleshooting',
      'A server is shown as down',
      '401 Unauthorized',
      'Encrypted (AES-256-GCM',
      'docs/RELEASE.md',
    ];
    expect(wanted.filter(part => !readme.includes(part))).toEqual([]);
  });
});
