import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2025, startEcho2025 } from '../../fixtures/echo-2025.ts';
import { type Echo2026, startEcho2026 } from '../../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient } from '../../support/mcp.ts';

let old: Echo2025;
let modern: Echo2026;
let gateway: GatewayHere;

beforeAll(async () => {
  [old, modern] = await Promise.all([startEcho2025({ acts: true }), startEcho2026()]);
  gateway = await startGatewayHere({ servers: { old: old.url, modern: modern.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([old.close(), modern.close()]);
});

type Row = readonly [revision: string, types: readonly string[], structured: boolean];
const ROWS: readonly Row[] = [
  ['2024-11-05', ['text', 'text', 'text'], false],
  ['2025-03-26', ['audio', 'text', 'text'], false],
  ['2025-06-18', ['audio', 'resource_link', 'text'], true],
  ['2025-11-25', ['audio', 'resource_link', 'text'], true],
];

describe.for(['old', 'modern'])('a server (%s) that answers in the newest terms', server => {
  it.for(ROWS)('is understood by a client of %s', async ([revision, types, isStructured]) => {
    const client = await legacyClient({
      url: gateway.url(`/mcp/${server}`),
      token: gateway.adminToken,
      revision,
    });
    expect(client.initialized.message.result?.protocolVersion).toBe(revision);
    const { message, text } = await client.request('tools/call', { name: 'newer_contents', arguments: {} });
    const content = message.result?.content as unknown as { type: string; text?: string }[];
    expect(content.map(one => one.type)).toEqual(types);
    expect(text.includes('"structuredContent":{"n":1.0}')).toBe(isStructured);
    // Nothing is lost: what cannot be shown is named.
    if (!types.includes('resource_link')) expect(content[1]?.text).toBe('one: echo://one');
  });

  it('gives what it has only as structure to an older client as text', async () => {
    const client = await legacyClient({
      url: gateway.url(`/mcp/${server}`),
      token: gateway.adminToken,
      revision: '2024-11-05',
    });
    const { text } = await client.request('tools/call', { name: 'structured_list', arguments: {} });
    expect(text).toContain('[1,2,3]');
    expect(text).not.toContain('structuredContent');
  });
});

describe('an unknown or absurd revision', () => {
  it.for(['1999-01-01', '2026-07-28', '', 'x'.repeat(1_000)])(
    '%s is answered with one that is spoken',
    async revision => {
      const client = await legacyClient({
        url: gateway.url('/mcp/old'),
        token: gateway.adminToken,
        revision,
      });
      expect(client.initialized.message.result?.protocolVersion).toBe('2025-11-25');
    },
  );
});
