import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beside } from '../../cli/support/beside.ts';
import { CHANGED, ChangingWorld, FIRST, tool } from '../../gateway/support/changing-world.ts';
import { scopedKey } from '../../support/scoped-key.ts';

let world: ChangingWorld;
beforeEach(() => {
  world = new ChangingWorld();
});
afterEach(() => world.close());

type Answer = {
  readonly entries: readonly { readonly fields: readonly unknown[] }[];
  readonly suspicious_tools: number;
};

describe('what a server changed', () => {
  const api = async (path: string, token: string) => {
    const response = await fetch(world.gateway.url(`/admin/api/mcp-servers/${path}`), {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };

  it('is shown by the API and the command line, escaped, and its tools bear a mark', async () => {
    await world.open({}, FIRST);
    await world.become({ ...FIRST, tools: [tool('add_note', CHANGED), tool('poke')] });
    await world.events('tool_changed', 1);
    const token = await scopedKey(world.gateway, 'root', ['admin']);
    const { body } = await api('notes/changes', token);
    expect(body.entries).toMatchObject([
      { kind: 'tool', name: 'add_note', change: 'changed', more: 0, action: 'logged', count: 1 },
    ]);
    const field = {
      field: '/description',
      before: 'The tool add_note.',
      after: 'Adds a note, \\u202eand more.',
    };
    expect(body.entries[0]?.fields[0]).toEqual(field);
    const { out } = await beside(world.gateway)(['server', 'changes', 'notes']);
    expect(out).toContain(
      'tool add_note changed\n  /description\n  - The tool add_note.\n  + Adds a note, \\u202eand more.',
    );
    const json = JSON.parse((await beside(world.gateway)(['server', 'changes', 'notes', '--json'])).out);
    expect(json).toMatchObject([{ name: 'add_note', fields: [field, { field: '/inputSchema/required/0' }] }]);
    expect((await api('notes', token)).body.suspicious_tools).toBe(1);
    const tools = (await api('notes/tools', token)).body as unknown as {
      name: string;
      suspicious: unknown;
    }[];
    expect(tools.find(({ name }) => name === 'add_note')?.suspicious).toMatchObject([
      { reason: 'hidden text', place: '/description', at: 13 },
    ]);
    expect(tools.find(({ name }) => name === 'poke')?.suspicious).toEqual([]);
  });

  it('is nothing of a server that never changed, and no server’s that is not there', async () => {
    await world.open({}, FIRST);
    const token = await scopedKey(world.gateway, 'root', ['admin']);
    expect((await api('github/changes', token)).body).toEqual({ entries: [], next: null });
    expect((await api('nobody/changes', token)).status).toBe(404);
    expect((await api('notes/changes?limit=0', token)).status).toBe(400);
    expect((await api('notes/changes', world.gateway.adminToken)).status).toBe(403);
    expect((await beside(world.gateway)(['server', 'changes', 'github'])).out).toMatch(/^Nothing changed/);
    expect((await beside(world.gateway)(['server', 'changes', 'nobody'])).code).toBe(1);
    expect((await beside(world.gateway)(['server', 'changes', 'notes', '--since', 'x'])).code).toBe(1);
  });
});
