import { makePkce } from '../../oauth/support/world.ts';
import type { PagesWorld } from './world.ts';

/** Where a program on this machine would wait. */
export const CALLBACK = 'http://127.0.0.1:3999/callback';

type Person = { readonly client_id: string; readonly name: string; readonly password: string };

/** A person lets a client in, by a browser of their own. */
export async function letIn(world: PagesWorld, { client_id, name, password }: Person): Promise<void> {
  const theirs = await world.signIn(name, { password });
  await theirs.page.route('http://127.0.0.1:3999/**', route => route.fulfill({ body: 'back' }));
  const asked = new URLSearchParams({
    ...{ client_id, response_type: 'code', redirect_uri: CALLBACK, scope: 'mcp', state: 'x' },
    ...{ code_challenge: makePkce().challenge, code_challenge_method: 'S256' },
  });
  await theirs.page.goto(world.gateway.url(`/authorize?${asked}`));
  await theirs.page.locator('button[value="allow"]').click();
  await theirs.page.getByText('back').waitFor();
  await theirs.close();
}
