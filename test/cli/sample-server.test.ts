import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/cli/sample/sample-server.ts';
import { legacyClient, modernClient, post } from '../support/mcp.ts';
import { sendBytes } from '../support/raw-http.ts';

let sample: Awaited<ReturnType<typeof startSampleServer>>;
beforeAll(async () => {
  sample = await startSampleServer();
});
afterAll(() => sample.close());

const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);

describe.for(['2025-11-25', '2026-07-28'])('the sample server in %s', revision => {
  const capabilities = { elicitation: { form: {} } };
  const open = async () => {
    const options = { url: sample.url, revision, capabilities };
    return revision === '2026-07-28' ? modernClient(options) : legacyClient(options);
  };

  it('offers five tools, two resources and a prompt', async () => {
    const client = await open();
    const [tools, resources, prompts] = await Promise.all(
      ['tools/list', 'resources/list', 'prompts/list'].map(
        async method => (await client.request(method)).message.result,
      ),
    );
    expect(names(tools?.tools).sort()).toEqual(['add', 'ask', 'echo', 'fail', 'slow']);
    expect(names(resources?.resources)).toEqual(['readme', 'colours']);
    expect(names(prompts?.prompts)).toEqual(['introduce']);
  });

  it('adds, and fails as a tool fails', async () => {
    const client = await open();
    const sum = await client.request('tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    expect(sum.message.result?.content).toEqual([{ type: 'text', text: '5' }]);
    const failed = await client.request('tools/call', { name: 'fail', arguments: {} });
    expect(failed.message.result?.isError).toBe(true);
    const wrong = await client.request('tools/call', { name: 'add', arguments: { a: 'two' } });
    expect(wrong.message.result?.isError ?? wrong.message.error).toBeTruthy();
  });

  it('reports its progress while it is slow', async () => {
    const client = await open();
    const params = { name: 'slow', arguments: {}, _meta: { progressToken: 'p' } };
    const { messages } = await client.request('tools/call', params);
    const progress = messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params: sent }) => sent?.progress)).toEqual([1, 2, 3, 4]);
    expect(progress.every(({ params: sent }) => String(sent?.progressToken) === 'p')).toBe(true);
  });

  it('reads its resources and its prompt', async () => {
    const client = await open();
    const read = await client.request('resources/read', { uri: 'sample://colours' });
    expect(read.message.result?.contents?.[0]?.text).toBe('red\ngreen\nblue');
    const prompt = await client.request('prompts/get', { name: 'introduce', arguments: { name: 'Ada' } });
    expect(prompt.message.result?.messages?.[0]?.content?.text).toContain('Ada');
  });
});

describe('the sample server asks back', () => {
  it('by a request on the stream of the call in 2025-11-25', async () => {
    const client = await legacyClient({ url: sample.url, capabilities: { elicitation: {} } });
    const answer = await client.request(
      'tools/call',
      { name: 'ask', arguments: {} },
      {
        onMessage: async ({ id, method }) => {
          if (method === 'elicitation/create')
            await client.respond(id ?? '', { action: 'accept', content: { name: 'Ada' } });
        },
      },
    );
    expect(answer.message.result?.content?.[0]?.text).toBe('Hello, Ada.');
  });

  it('by input_required in 2026-07-28', async () => {
    const client = modernClient({ url: sample.url, capabilities: { elicitation: { form: {} } } });
    const asked = (await client.request('tools/call', { name: 'ask', arguments: {} })).message.result;
    expect(asked?.resultType).toBe('input_required');
    const answer = await client.request('tools/call', {
      name: 'ask',
      arguments: {},
      inputResponses: { name: { action: 'accept', content: { name: 'Ada' } } },
    });
    expect(answer.message.result?.content?.[0]?.text).toBe('Hello, Ada.');
  });
});

describe('the sample server refuses', () => {
  it('a page of another name, a session that it does not know, a body that is no JSON, another path', async () => {
    const port = Number(new URL(sample.url).port);
    const forged = `POST /mcp HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`;
    expect(await sendBytes(port, forged)).toMatch(/^HTTP\/1\.1 403/);
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect((await post(sample.url, ping, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await post(sample.url, ping, { headers: { 'mcp-session-id': 'forged' } })).status).toBe(404);
    expect((await post(sample.url, ping)).status).toBe(400);
    expect((await post(sample.url, '{"jsonrpc"')).status).toBe(400);
    expect((await post(sample.url.replace('/mcp', '/admin'), ping)).status).toBe(404);
  });

  it('a session after its end', async () => {
    const client = await legacyClient({ url: sample.url });
    expect(await client.end()).toBe(200);
    expect((await client.request('ping')).status).toBe(404);
  });
});

describe('the answer to the first curl', () => {
  it('reads from its beginning: id before result', async () => {
    const client = await legacyClient({ url: sample.url });
    const { text } = await client.request('tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    expect(text).toBe('{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"5"}]}}');
  });
});
