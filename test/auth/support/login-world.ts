import type { IncomingMessage } from 'node:http';
import {
  createLoginRoutes,
  createLoginThrottle,
  createPasswordCheck,
  createPasswords,
  createRefreshFamilies,
} from '../../../src/auth/index.ts';
import { Secret } from '../../../src/base/index.ts';
import { createWorld, MASTER, ORIGIN } from './world.ts';

export const PASSWORD = 'Correct horse 1';

/** A world with the login routes on it. Each request may come from an address of its own. */
export async function createLoginWorld() {
  const world = await createWorld();
  const { store, live, clock } = world;
  const passwords = createPasswords();
  const checkPassword = createPasswordCheck({
    store,
    live,
    passwords,
    clock,
    throttle: createLoginThrottle(clock),
  });
  const families = createRefreshFamilies({ store, live, master: MASTER, clock });
  const addressOf = (incoming: IncomingMessage) => incoming.socket.remoteAddress ?? '';
  const app = createLoginRoutes({
    ...world,
    passwords,
    checkPassword,
    families,
    origin: () => ORIGIN,
    addressOf,
  });
  const hash = await passwords.hash(new Secret(PASSWORD));

  const send = async (path: string, init: RequestInit, address = '10.0.0.1') => {
    const incoming = { socket: { remoteAddress: address } } as IncomingMessage;
    const response = await app.request(path, init, { incoming });
    const text = await response.text();
    const body = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, body };
  };
  const post = (path: string, body: unknown, address?: string) =>
    send(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, address);
  const login = (username: string, password = PASSWORD, address?: string) =>
    post('/auth/login', { username, password }, address);
  const me = (token: string) => send('/auth/me', { headers: { authorization: `Bearer ${token}` } });
  return { ...world, passwords, checkPassword, hash, send, post, login, me };
}
