import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Callers, startCallers } from '../api/support/callers.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startCallers();
});
afterAll(() => callers.close());

it('says what runs here, by what keys, and how much room there is, and no secret', async () => {
  const { status, body } = await callers.ask('auditor', 'GET /admin/api/system');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ version: expect.stringMatching(/^\d+\./), node: process.versions.node, mode: 'local' },
    ...{ database: callers.store.dialect, origin: callers.origin },
    data_keys: { unreadable: 0 },
  });
  const keys = await callers.store.listSigningKeys();
  expect(body.signing_keys).toEqual(
    keys.map(({ kid, algorithm, state, createdAt }) => ({
      ...{ kid, algorithm, state, created_at: new Date(createdAt).toISOString() },
    })),
  );
  expect(Date.parse(String(body.started_at))).toBeLessThanOrEqual(Date.now());
  const files = body.files as readonly { readonly name: string; readonly bytes: number }[];
  expect(files.map(({ bytes }) => bytes)).toEqual([...files.map(({ bytes }) => bytes)].sort((a, b) => b - a));
  for (const { sealedPrivateJwk } of keys) expect(JSON.stringify(body)).not.toContain(sealedPrivateJwk);
});

it('takes no field', async () => {
  expect((await callers.ask('admin', 'GET /admin/api/system?path=/')).status).toBe(400);
});
