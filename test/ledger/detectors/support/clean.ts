import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEverything } from '../../../support/everything.ts';
import { legacyClient } from '../../../support/mcp.ts';

/** What people and programs really send: where it comes from, and the text. */
export type Sample = { readonly from: string; readonly text: string };

/** npm's own folder of packages, wherever it is linked from. */
const PACKAGES = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '../../../../node_modules'));

/** Packages whose code and documents are taken: written by many, for many ends. */
const FROM = [
  ...[
    'zod',
    'kysely',
    'pino',
    'undici',
    'oidc-provider',
    'koa',
    'hono',
    'express',
    'fast-check',
    'jose',
    'pg',
  ],
  ...[
    'vite',
    'eta',
    'yaml',
    'ajv',
    'body-parser',
    'lru-cache',
    'cookies',
    'qs',
    'send',
    'debug',
    '@biomejs/biome',
  ],
  ...['rollup', 'esbuild', 'postcss', 'magic-string', 'semver', 'chai', 'picomatch', 'commander', 'vitest'],
  ...[
    '@modelcontextprotocol/sdk',
    '@modelcontextprotocol/server-everything',
    '@modelcontextprotocol/conformance',
  ],
];

const MOST_OF_FILE = 64 * 1024;

function filesOf(folder: string, ends: RegExp): readonly string[] {
  try {
    return readdirSync(join(PACKAGES, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => ends.test(file) && !file.includes('node_modules'))
      .sort()
      .map(file => join(folder, file));
  } catch {
    return [];
  }
}

/** So many of them, spread evenly, the same at each run. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)] as T);
}

const read = (file: string) => readFileSync(join(PACKAGES, file), 'utf8').slice(0, MOST_OF_FILE);

function ofFiles(ends: RegExp, cut: (text: string) => readonly string[], each: number): readonly Sample[] {
  return FROM.flatMap(name =>
    spread(
      filesOf(name, ends).flatMap(from => cut(read(from)).map(text => ({ from, text }))),
      each,
    ),
  );
}

const whole = (text: string) => [text];
const lines = (text: string) =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.length > 20 && line.length < 300);
const paragraphs = (text: string) => text.split(/\n{2,}/).filter(part => part.length > 40);

const CODE = /\.(?:m?js|cjs|ts|mts)$/;
const MARKDOWN = /\.md$/i;

/** Lines that start programs, as `package.json` has them. */
function commandLines(): readonly Sample[] {
  return FROM.flatMap(name => filesOf(name, /^package\.json$/)).flatMap(from => {
    const { scripts = {} } = JSON.parse(readFileSync(join(PACKAGES, from), 'utf8')) as { scripts?: object };
    return Object.values(scripts).map(text => ({ from, text: String(text) }));
  });
}

/** Chinese and Japanese as programs say it, and documents in it. */
function fromEastAsia(): readonly Sample[] {
  const locales = filesOf('zod/v4/locales', /^(?:zh-CN|zh-TW|ja|ko)\.js$/);
  const documents = filesOf('@biomejs/biome', /^README\.(?:zh|ja|kr)[\w-]*\.md$/);
  return [
    ...locales.flatMap(from => lines(read(from)).map(text => ({ from, text }))),
    ...documents.flatMap(from => paragraphs(read(from)).map(text => ({ from, text }))),
  ].filter(({ text }) => /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(text));
}

/** Bytes as tools are given them. */
function encoded(): readonly Sample[] {
  return Array.from({ length: 60 }, (_, i) => {
    const bytes = Buffer.concat(
      Array.from({ length: 1 + i * 3 }, (_, n) => createHash('sha512').update(`${i} ${n}`).digest()),
    );
    const text = bytes.toString(i % 2 === 0 ? 'base64' : 'base64url');
    return { from: 'base64', text: i % 3 === 0 ? `data:image/png;base64,${text}` : text };
  });
}

function textsIn(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) textsIn(one, into);
}

/** What the official server lists and answers, over the wire. */
async function fromEverything(): Promise<readonly Sample[]> {
  const everything = await startEverything();
  try {
    const client = await legacyClient({ url: everything.url });
    const texts = new Set<string>();
    for (const list of ['tools', 'prompts', 'resources', 'resources/templates'])
      textsIn((await client.request(`${list}/list`, {})).message.result, texts);
    for (const name of ['echo', 'get-annotated-message', 'get-structured-content', 'get-resource-links'])
      textsIn(
        (await client.request('tools/call', { name, arguments: ARGUMENTS[name] ?? {} })).message,
        texts,
      );
    return [...texts].map(text => ({ from: 'server-everything', text }));
  } finally {
    await everything.close();
  }
}

const ARGUMENTS: Readonly<Record<string, object>> = {
  echo: { message: 'Good morning' },
  'get-annotated-message': { messageType: 'success', includeImage: true },
  'get-structured-content': { location: 'New York' },
  'get-resource-links': { count: 10 },
};

/** Clean samples by where they come from; the same at each run. */
export async function cleanSamples(): Promise<readonly Sample[]> {
  const everything = await fromEverything();
  return [
    ...everything,
    ...ofFiles(CODE, whole, 12),
    ...ofFiles(CODE, lines, 25),
    ...ofFiles(MARKDOWN, whole, 6),
    ...ofFiles(MARKDOWN, paragraphs, 20),
    ...ofFiles(MARKDOWN, lines, 20),
    ...commandLines(),
    ...fromEastAsia(),
    ...encoded(),
  ];
}
