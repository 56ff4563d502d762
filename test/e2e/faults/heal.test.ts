import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { Faulty } from './support/faulty.ts';
import { meet } from './support/people.ts';

/** What a server may do between two calls, and how often the second one may come to it. */
const BETWEEN: Readonly<Record<string, (server: Faulty) => void>> = {
  'start again, so that its sockets are dead and its sessions unknown': server => server.kill(),
  'forget its sessions and say so by 404': server => server.forget(404),
  'forget its sessions and say so by 400': server => server.forget(400),
  'close the sockets that are kept alive': server => server.closeIdle(),
};

const servers = new Map<string, Faulty>();
let gateway: GatewayHere;

beforeAll(async () => {
  for (const name of ['old', 'silent']) servers.set(name, await new Faulty('http-2025').start());
  servers.set('new', await new Faulty('http-2026').start());
  const drafts = [...servers].map(([name, one]) => [name, one.draft]);
  gateway = await startGatewayHere({ servers: Object.fromEntries(drafts) });
});
afterAll(async () => {
  await gateway.close();
  for (const one of servers.values()) await one.close();
});

let n = 0;
async function both(name: string) {
  const server = servers.get(name);
  if (!server) throw new Error('There is no such server');
  n++;
  const [older, newer] = await Promise.all([
    meet(gateway, { server: name, era: 'legacy', name: `older${n}` }),
    meet(gateway, { server: name, era: 'modern', name: `newer${n}` }),
  ]);
  return { server, people: [older, newer] };
}

describe('T51: the call after a server', () => {
  it.for(['old', 'new'].flatMap(name => Object.keys(BETWEEN).map(what => ({ name, what }))))(
    '$name did this is answered at the first try and runs once: $what',
    async ({ name, what }) => {
      const { server, people } = await both(name);
      for (const { mark, call } of people) await call(mark);
      server.ran.length = 0;
      BETWEEN[what]?.(server);
      for (const { mark, call } of people) {
        const { message } = await call(mark);
        expect(message.error).toBeUndefined();
        expect(server.ran.filter(one => one === mark)).toHaveLength(1);
      }
    },
  );

  it('is silent for the session that it has lost opens another, once for many calls', async () => {
    const { server, people } = await both('silent');
    for (const { mark, call } of people) {
      await call(mark);
      server.forget('silence');
      expect((await call(`${mark}-lost`)).message.error).toMatchObject({
        code: 1002,
        data: { server: 'silent', mayHaveRun: true },
      });
      const sessions = server.sessionsOpened;
      const next = await Promise.all([1, 2, 3].map(at => call(`${mark}-${at}`)));
      expect(next.map(({ message }) => message.error)).toEqual([undefined, undefined, undefined]);
      expect(server.sessionsOpened).toBe(sessions + 1);
    }
  });

  it('took too long for one call keeps its session', async () => {
    const { server, people } = await both('silent');
    for (const { mark, call } of people) {
      await call(mark);
      const sessions = server.sessionsOpened;
      server.arm({ phase: 'before', fault: 'silence', mark: `${mark}-slow` });
      expect((await call(`${mark}-slow`)).message.error).toMatchObject({ code: 1002 });
      expect((await call(mark)).message.error).toBeUndefined();
      expect(server.sessionsOpened).toBe(sessions);
      server.heal();
    }
  });
});
