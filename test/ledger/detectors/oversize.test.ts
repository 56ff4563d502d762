import { beforeAll, expect, it } from 'vitest';
import { createInspector } from '../../../src/ledger/index.ts';
import { readMessage } from '../../../src/mcp/index.ts';
import { cleanSamples } from './support/clean.ts';
import { expectMeasured } from './support/measure.ts';

const LIMIT = 1024 * 1024;
const inspect = createInspector();

/** Arguments of so many bytes at least, in shapes of their own. */
const SHAPES: readonly ((bytes: number) => unknown)[] = [
  bytes => ({ text: 'a'.repeat(bytes) }),
  bytes => ({ text: '世'.repeat(Math.ceil(bytes / 3)) }),
  bytes => ({ text: '👩‍💻'.repeat(Math.ceil(bytes / 11)) }),
  bytes => ({ text: '"'.repeat(Math.ceil(bytes / 2)) }),
  bytes => ({ data: Buffer.alloc(Math.ceil((bytes * 3) / 4), 7).toString('base64') }),
  bytes => ({ lines: Array.from({ length: Math.ceil(bytes / 20) }, () => 'x'.repeat(17)) }),
  bytes => ({ numbers: Array.from({ length: Math.ceil(bytes / 7) }, () => 123_456) }),
  bytes =>
    Object.fromEntries(Array.from({ length: Math.ceil(bytes / 16) }, (_, i) => [`k${1e6 + i}`, 'abcd'])),
  bytes => ({
    deep: Array.from({ length: 10 }, () => ({ in: [{ text: 'b'.repeat(Math.ceil(bytes / 10)) }] })),
  }),
  bytes => ({ ['n'.repeat(bytes)]: 1 }),
];
const OVER = [1, 64, 4096, LIMIT / 8, LIMIT / 2, LIMIT];

let clean: readonly unknown[];
beforeAll(async () => {
  const samples = (await cleanSamples()).map(({ text }) => ({ text }));
  const nearly = SHAPES.slice(0, 2).flatMap(make => [0.5, 0.9, 0.98].map(part => make(LIMIT * part)));
  clean = [...samples, ...nearly];
});

function isOversize(args: unknown): boolean {
  const json = JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'x', arguments: args },
  });
  const message = readMessage(JSON.parse(json), Buffer.from(json));
  if (message.kind !== 'request') throw new Error('It is no request');
  const looking = { isOn: (name: string) => name === 'oversize', mostBytes: LIMIT };
  return inspect(message, looking).some(({ detector }) => detector === 'oversize');
}

it('what is larger than the limit is found in every shape, and nothing below it', async () => {
  const hits = SHAPES.flatMap(make => OVER.map(over => make(LIMIT + over)));
  await expectMeasured({ hits, clean }, isOversize);
  expect(hits.every(isOversize)).toBe(true);
});
