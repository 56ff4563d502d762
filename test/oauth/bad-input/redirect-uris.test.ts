import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, askFor, startAttack, textOf } from '../support/attack.ts';
import { BAD, HOME, NEARLY, OWN } from '../support/redirect-tricks.ts';

let attack: Attack;
let client = '';

beforeAll(async () => {
  attack = await startAttack();
  client = await attack.clientId({ redirect_uris: OWN });
});
afterAll(() => attack.close());

describe('a redirect that nobody may register', () => {
  const register = (row: string, redirect_uris: unknown) =>
    attack.send(row, '/oauth/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris }),
    });

  it.for(BAD.map(uri => [uri] as const))('%j', async ([uri]) => {
    for (const uris of [[uri], [HOME, uri]]) {
      const sent = await register(`register ${uri}`, uris);
      expect([sent.status, textOf(sent.text)], sent.text).toEqual([400, 'invalid_redirect_uri']);
      expect(sent.text).not.toContain('client_id');
    }
  });

  it.for(OWN)('is not %j', async uri => {
    expect((await register('good', [uri])).status).toBe(201);
  });

  it('is in the ledger', async () => {
    await attack.expectEvents(BAD.map(uri => `register ${uri}`));
  });
});
describe('an authorization to an address that was not registered', () => {
  const FORMS = [...BAD.filter(uri => uri !== ''), ...NEARLY];
  it.for(FORMS.map(uri => [uri] as const))('%j', async ([uri]) => {
    // With an error on top: it must not be told there either.
    for (const more of [{}, { response_type: 'token' }, { response_mode: 'form_post', prompt: 'none' }]) {
      const params = askFor(client, { redirect_uri: uri, ...more });
      const sent = await attack.send(`authorize ${uri}`, `/authorize?${params}`);
      expect([sent.status, sent.location], sent.text).toEqual([400, undefined]);
      expect(sent.text).toContain('The address to return to is not the one that was registered');
      expect(sent.text).not.toContain('<form');
    }
  });

  it.for(['http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', 'http://localhost:1/cb', ...OWN])(
    'is not %j',
    async uri => {
      const sent = await attack.send('good', `/authorize?${askFor(client, { redirect_uri: uri })}`);
      expect(sent.location).toContain('/oauth/interaction/');
    },
  );

  it('is in the ledger', async () => {
    await attack.expectEvents(FORMS.map(uri => `authorize ${uri}`));
  });
});
