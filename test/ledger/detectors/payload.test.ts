import { beforeAll, describe, expect, it } from 'vitest';
import { createInspector, type Finding, type PayloadDetector } from '../../../src/ledger/index.ts';
import { type RequestMessage, readMessage } from '../../../src/mcp/index.ts';
import { cleanSamples, type Sample } from './support/clean.ts';
import { COMMAND_HITS } from './support/command-hits.ts';
import { HIDDEN_HITS } from './support/hidden-hits.ts';
import { SECRET_HITS } from './support/secret-hits.ts';
import { TEMPLATE_HITS } from './support/template-hits.ts';
import { TRAVERSAL_HITS } from './support/traversal-hits.ts';

const inspect = createInspector();
const EVERYTHING = { isOn: (_: PayloadDetector) => true, mostBytes: 1024 * 1024 };

function messageOf(json: string): RequestMessage {
  const message = readMessage(JSON.parse(json), Buffer.from(json));
  if (message.kind !== 'request') throw new Error('It is no request');
  return message;
}

/** What is found in a call with these arguments, as JSON where its spelling matters. */
function found(args: unknown, spelling = JSON.stringify(args), looking = EVERYTHING): readonly Finding[] {
  const json = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":${spelling}}}`;
  return inspect(messageOf(json), looking);
}

const CORPUS = [
  ['path_traversal', TRAVERSAL_HITS],
  ['command_injection', COMMAND_HITS],
  ['template_injection', TEMPLATE_HITS],
  ['control_characters', HIDDEN_HITS],
  ['secrets', SECRET_HITS],
] as const satisfies readonly (readonly [PayloadDetector, readonly string[]])[];

let clean: readonly Sample[];
beforeAll(async () => {
  clean = await cleanSamples();
});

describe.each(CORPUS)('%s', (detector, hits) => {
  const isHit = (text: string) => found({ text }).some(one => one.detector === detector);

  it('finds at least nine of ten of at least sixty hits', () => {
    expect(hits.length).toBeGreaterThanOrEqual(60);
    const missed = hits.filter(text => !isHit(text));
    expect(missed.length / hits.length, `missed: ${JSON.stringify(missed)}`).toBeLessThanOrEqual(0.1);
  });

  it('says yes to at most one in two hundred of what is clean', () => {
    expect(clean.length).toBeGreaterThanOrEqual(500);
    const wrong = clean.filter(({ text }) => isHit(text));
    const told = wrong.map(({ from, text }) => `${from}: ${text.slice(0, 200)}`);
    expect(wrong.length / clean.length, told.join('\n')).toBeLessThanOrEqual(0.005);
  });

  it('finds nothing while it is off', () => {
    const looking = { ...EVERYTHING, isOn: (name: PayloadDetector) => name !== detector };
    const all = hits.flatMap(text => found({ text }, undefined, looking));
    expect(all.filter(one => one.detector === detector)).toEqual([]);
  });
});

it('the clean samples are of every kind', () => {
  const count = (isIt: (one: Sample) => boolean) => clean.filter(isIt).length;
  expect(count(({ from }) => from === 'server-everything')).toBeGreaterThan(100);
  expect(count(({ from }) => /\.(?:m?js|cjs|ts|mts)$/.test(from))).toBeGreaterThan(500);
  expect(count(({ from }) => /\.md$/i.test(from))).toBeGreaterThan(300);
  expect(count(({ text }) => /[\u4e00-\u9fff]/.test(text))).toBeGreaterThan(50);
  expect(count(({ from }) => from === 'base64')).toBeGreaterThan(50);
});

describe('what was found', () => {
  it('names the place and the offset, and nothing of the text', () => {
    const [secret = ''] = SECRET_HITS;
    const [one, ...more] = found({ note: { lines: ['nothing', `use ${secret}`] } });
    expect(more).toEqual([]);
    expect(one).toMatchObject({ detector: 'secrets', place: '/arguments/note/lines/1', at: 4 });
    expect(JSON.stringify(one)).not.toContain(secret);
  });

  it('does not name a member whose name is a secret', () => {
    const secret = SECRET_HITS.find(text => text.startsWith('ghp_')) ?? '';
    const all = found({ [secret]: '../../../../etc/passwd', [`${secret} `]: 1 });
    expect(all.map(({ place }) => place)).toEqual(['/arguments/*', '/arguments/*']);
  });

  it('is the same however the JSON is spelt', () => {
    const escaped = (text: string) =>
      [...text].map(one => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('');
    const plain = found({ p: '../../etc/passwd' });
    expect(plain).toHaveLength(1);
    expect(found(undefined, `{"p":"${escaped('../../etc/passwd')}"}`)).toEqual(plain);
    expect(found(undefined, '{"p":"..\\/..\\/etc\\/passwd"}')).toEqual(plain);
    expect(found(undefined, `{ "p" :\n"${escaped('../')}../etc/passwd"}`)).toEqual(plain);
  });

  it('is not sought in a member that holds a program, nor in `_meta`', () => {
    expect(found({ command: 'cd x; ls -la' })).toEqual([]);
    expect(found({ value: 'x; ls -la' })).toHaveLength(1);
    const json = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"a":"../../etc/passwd"}}}`;
    expect(inspect(messageOf(json), EVERYTHING)).toEqual([]);
  });

  it('is oversize above the limit, to the byte', () => {
    const sized = (bytes: number) => found({ text: 'a'.repeat(bytes - '"x"{"text":""}'.length) });
    expect(sized(1024 * 1024)).toEqual([]);
    expect(sized(1024 * 1024 + 1)).toMatchObject([{ detector: 'oversize', kind: '1048577 bytes' }]);
  });
});

describe('a client that wants it to take long', () => {
  const bigger = (text: string, count: number) => text.repeat(count);
  it.each([
    ['depth', `${'['.repeat(5_000)}"../../etc/passwd"${']'.repeat(5_000)}`],
    ['width', `[${bigger('"a;b",', 100_000)}"x"]`],
    ['dots', JSON.stringify(bigger('../', 40_000))],
    ['braces', JSON.stringify(bigger('{{ ', 40_000))],
    ['commands that do not end', JSON.stringify(bigger('; cat ', 160))],
    ['dollars', JSON.stringify(bigger('${', 40_000))],
    ['addresses', JSON.stringify(`${bigger('a://b:c', 10_000)}@`)],
    ['dashes', JSON.stringify(bigger('-----BEGIN ', 10_000))],
    ['names', `{${bigger('"../ ../":1,', 20_000)}"x":1}`],
  ])('does not succeed by %s', (_, spelling) => {
    const began = performance.now();
    found(undefined, `{"text":${spelling}}`);
    expect(performance.now() - began).toBeLessThan(250);
  });
});
