import type { ProblemName } from '../../../src/cli/doctor/problems.ts';
import { type FakeOptions, type Reply, reply, type Seen, type Twist, type Twists } from './fake-authority.ts';

/** One answer of the fake that is not as it should be, and what has to be said of it. */
export type Row = FakeOptions & {
  readonly title: string;
  readonly hop: string;
  readonly name: ProblemName;
  readonly seen?: RegExp;
  readonly args?: readonly string[];
  /** The address, where it is not the good one: a path of the fake, or whole. */
  readonly url?: string;
};

type More = Omit<Row, 'title' | 'hop' | 'name' | 'twists'>;

/** `where` is the hop and the problem at it. */
export function row(title: string, where: `${string} ${ProblemName}`, twists: Twists, more: More = {}): Row {
  const [hop = '', name] = where.split(' ');
  return { title, hop, name: name as ProblemName, twists, ...more };
}

export const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
export const SERVER = '/.well-known/oauth-authorization-server';
export const OPENID = '/.well-known/openid-configuration';

/** The JSON of the good answer with other members; one that is undefined is away. */
export const changed =
  (change: Readonly<Record<string, unknown>>): Twist =>
  good => ({ ...good, body: { ...(good.body as object), ...change } });

export const inResource = (change: Readonly<Record<string, unknown>>): Twists => ({
  [RESOURCE]: changed(change),
});

/** In both documents of the authorization server. */
export const inServer = (change: Readonly<Record<string, unknown>>): Twists => ({
  [SERVER]: changed(change),
  [OPENID]: changed(change),
});

export const always =
  (...given: Parameters<typeof reply>): Twist =>
  () =>
    reply(...given);

export const moved = (location: string): Twist => always(302, '', { location });

/** What a client gets that has no token. */
export const stranger = (given: Reply): Twists => ({
  '/mcp': (good, { headers }) => (headers.authorization === undefined ? given : good),
});

/** What a client gets that has one. */
export const insider = (given: Reply): Twists => ({
  '/mcp': (good, { headers }) => (headers.authorization === undefined ? good : given),
});

export const challenge = (value: string | ((seen: Seen) => string)): Twists => ({
  '/mcp': (good, seen) => {
    if (seen.headers.authorization !== undefined) return good;
    return reply(401, '', { 'www-authenticate': typeof value === 'string' ? value : value(seen) });
  },
});

/** The address by which the browser comes back, with its query changed. */
export const callback = (change: Readonly<Record<string, string | undefined>>): Twists => ({
  '/consent': good => {
    if (good.headers.location === undefined) return good;
    const url = new URL(good.headers.location);
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return { ...good, headers: { ...good.headers, location: url.href } };
  },
});

export const jwtOf = (claims: object): string =>
  `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c`;
