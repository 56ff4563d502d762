import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, REDIRECT, startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('version 1', () => {
  it('took a JSON body at the token endpoint, and so does this', async () => {
    const response = await fetch(world.url('/oauth/token'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'refresh_token',
        client_id: await world.clientId(),
        refresh_token: 'x',
      }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('had a password grant, which is refused by its name', async () => {
    const params = {
      grant_type: 'password',
      username: 'alice',
      password: 'x',
      client_id: await world.clientId(),
    };
    expect(await world.post('/oauth/token', params)).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });

  it('let a client read, change and delete its registration, and so does this', async () => {
    const { body } = await world.register({ client_name: 'Managed' });
    const uri = String(body.registration_client_uri);
    const token = { authorization: `Bearer ${body.registration_access_token}` };
    const read = await fetch(uri, { headers: token });
    expect(await read.json()).toMatchObject({ client_id: body.client_id, client_name: 'Managed' });
    const changed = await fetch(uri, {
      method: 'PUT',
      headers: { ...token, 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: body.client_id, client_name: 'Renamed', redirect_uris: [REDIRECT] }),
    });
    expect(changed.status).toBe(200);
    const after = (await changed.json()) as Json;
    expect(after.client_name).toBe('Renamed');
    const last = { authorization: `Bearer ${after.registration_access_token}` };
    expect((await fetch(uri, { method: 'DELETE', headers: last })).status).toBe(204);
    expect((await fetch(uri, { headers: last })).status).toBe(401);
  });
});
