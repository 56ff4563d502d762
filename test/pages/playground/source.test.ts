import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody, type Served, sendJson, serve } from '../../fixtures/serve.ts';
import { type PagesWorld, type Seen, startPagesWorld } from '../support/world.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>ein Bär</text></svg>';
const HTML = '<h1>Bold</h1>\n<script>alert(2)</script>';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const CONTENTS: Readonly<Record<string, object>> = {
  svg: { type: 'image', mimeType: 'image/svg+xml', data: base64(SVG) },
  html: { type: 'resource', resource: { uri: 'ui://app', mimeType: 'text/html', text: HTML } },
  blob: { type: 'resource', resource: { uri: 'ui://blob', mimeType: 'text/html', blob: base64(HTML) } },
  broken: { type: 'image', mimeType: 'image/svg+xml', data: '/w==' },
  number: { type: 'text', text: 7 },
};

/** A server of 2025-11-25 whose tools answer with what could be rendered. */
const startDrawing = (): Promise<Served> =>
  serve(async (request, response) => {
    const body = await readBody(request);
    if (body === '') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return void response.writeHead(202).end();
    const tools = Object.keys(CONTENTS).map(name => ({ name, inputSchema: { type: 'object' } }));
    const results: Readonly<Record<string, object>> = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'drawing', version: '1' },
      },
      'tools/list': { tools },
      'tools/call': { content: [CONTENTS[params?.name]] },
    };
    const result = results[method];
    const error = { code: -32601, message: 'Method not found' };
    sendJson(response, 200, { jsonrpc: '2.0', id, ...(result ? { result } : { error }) });
  });

let world: PagesWorld;
let seen: Seen;
let drawing: Served;
beforeAll(async () => {
  drawing = await startDrawing();
  world = await startPagesWorld({ servers: { drawing: `${drawing.origin}/mcp` } });
  seen = await world.signIn();
}, 60_000);
afterAll(async () => {
  await world?.close();
  await drawing?.close();
});

const outcome = () => seen.page.getByRole('region', { name: 'What came of it' });
const call = async (tool: string) => {
  await seen.go(`/admin/playground?server=drawing&tool=${tool}`);
  await seen.control('play.call').click();
  await outcome().getByText('It took', { exact: false }).waitFor();
};

describe('what a server sends to be rendered', () => {
  it.each([
    ['svg', SVG, 'image/svg+xml'],
    ['html', HTML, 'ui://app, text/html'],
    ['blob', HTML, 'ui://blob, text/html'],
  ])('is shown as its source: %s', async (tool, source, kind) => {
    await call(tool);
    expect(await outcome().locator('pre').allTextContents()).toEqual([source]);
    await outcome().getByText(kind, { exact: false }).first().waitFor();
    expect(await outcome().locator('svg, h1, script, img, iframe').count()).toBe(0);
    expect(await seen.violations()).toEqual([]);
    await seen.picture(`playground-source-${tool}`);
  });

  it('stays as it came where it is no text', async () => {
    await call('broken');
    expect(await outcome().locator('pre').textContent()).toContain('"/w=="');
    await call('number');
    expect(await outcome().locator('pre').textContent()).toContain('"text": 7');
  });

  it('ran nothing', () => expect(seen.complaints).toEqual([]));
});
