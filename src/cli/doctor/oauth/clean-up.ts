import type { Probe } from '../hops.ts';
import type { Made } from './made.ts';
import type { Server } from './server.ts';
import { postAs } from './token.ts';

/** Takes back what the walk left behind, where that is offered. */
export async function cleanUp(probe: Probe, server: Server | undefined, made: Made): Promise<void> {
  if (!made.registered && made.tokens.length === 0) return probe.fact('nothing was left behind');
  await revoke(probe, server?.revoke, made);
  await unregister(probe, made);
}

/** The refresh tokens go first: where that ends the access tokens too, the rest is said twice and does no harm. */
async function revoke(probe: Probe, url: URL | undefined, { client, tokens }: Made): Promise<void> {
  if (!client || tokens.length === 0) return;
  if (!url) return probe.fact('revocation is not offered');
  for (const token of tokens) {
    const { status } = await postAs(probe, client, url, { token: token.reveal() });
    if (status !== 200) return probe.tell('not_revoked', `HTTP ${status}`);
  }
  probe.fact('tokens revoked');
}

async function unregister(probe: Probe, { registered }: Made): Promise<void> {
  if (!registered) return;
  const { id, registration } = registered;
  if (!registration) return probe.fact(`client ${id} stays: deleting is not offered`);
  const { status } = await probe.ask(registration.url, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${registration.token.reveal()}` },
  });
  if (status === 204 || status === 200) return probe.fact(`client ${id} deleted`);
  probe.tell('not_deleted', `${id}: HTTP ${status}`);
}
