import { beforeEach, describe, expect, it } from 'vitest';
import { deriveKey, Fault, Seal, Secret } from '../../src/base/index.ts';
import type { Profile } from '../../src/mcp/index.ts';
import type { Caller } from '../../src/policy/index.ts';
import { ClientSessions } from '../../src/proxy/index.ts';
import { createClock, type TestClock } from '../auth/support/world.ts';

const HOUR = 3_600_000;
const PROFILE: Profile = { era: 'legacy', revision: '2025-06-18', capabilities: 9 };
const INFO = { name: 'client', version: '1.0' };

let clock: TestClock;
let sessions: ClientSessions;
const make = (secret = 'a master secret of the tests') =>
  new ClientSessions({ seal: new Seal(deriveKey(new Secret(secret), 'session'), 's1'), clock, lifeMs: HOUR });
beforeEach(() => {
  clock = createClock();
  sessions = make();
});

const alice = { principal: 'alice' } as Caller;
const bob = { principal: 'bob' } as Caller;
const find = (token: string, caller: Caller, place: string, among = sessions) =>
  among.find(token, caller, place, '192.0.2.1');
const refuses = (work: () => unknown) =>
  expect(work).toThrow(expect.objectContaining({ fault: 'session_not_found' }));

describe('a session', () => {
  it('is found again by its token, with what was agreed', () => {
    const { token, key } = sessions.begin(alice, '*', PROFILE, INFO);
    expect(find(token, alice, '*')).toMatchObject({ key, profile: PROFILE, client: INFO });
  });

  it('is found by another process of the same gateway', () => {
    const { token } = sessions.begin(alice, '*', PROFILE, INFO);
    expect(find(token, alice, '*', make())).toMatchObject({ profile: PROFILE, principal: 'alice' });
  });

  it('has a token that fits into a header, whatever the client says of itself', () => {
    const icon = `data:image/png;base64,${'A'.repeat(16_000)}`;
    const huge = {
      name: 'n'.repeat(9000),
      version: '✓'.repeat(9000),
      icons: [{ src: icon }],
      x: { deep: icon },
    };
    const { token } = sessions.begin(alice, 's'.repeat(64), PROFILE, huge);
    expect(token).toMatch(/^[\x21-\x7e]+$/);
    expect(token.length).toBeLessThan(1200);
    expect(find(token, alice, 's'.repeat(64)).client.name).toBe('n'.repeat(64));
  });

  it('has a token that tells nothing of who it belongs to, and never comes twice', () => {
    const tokens = Array.from({ length: 50 }, () => sessions.begin(alice, '*', PROFILE, INFO).token);
    expect(new Set(tokens).size).toBe(50);
    expect(Buffer.from(tokens.join(''), 'base64url').toString('latin1')).not.toContain('alice');
  });
});

describe('no session', () => {
  it('is that of another person, of another endpoint, or an ended one [T46]', () => {
    const session = sessions.begin(alice, '*', PROFILE, INFO);
    refuses(() => find(session.token, bob, '*'));
    refuses(() => find(session.token, alice, 'home'));
    sessions.end(session);
    refuses(() => find(session.token, alice, '*'));
  });

  it('lives longer than its time', () => {
    const { token } = sessions.begin(alice, '*', PROFILE, INFO);
    clock.pass(HOUR - 1);
    expect(find(token, alice, '*')).toBeDefined();
    clock.pass(1);
    refuses(() => find(token, alice, '*'));
  });

  it('is one of another key, or with any one character changed [T46]', () => {
    const { token } = sessions.begin(alice, '*', PROFILE, INFO);
    refuses(() => find(token, alice, '*', make('another master secret')));
    const fresh = make();
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      refuses(() => find(token.slice(0, at) + other + token.slice(at + 1), alice, '*', fresh));
    }
  });

  it.each(['', ' ', 'x', 's1.', '__proto__', 'é', 'A'.repeat(100_000), '\u0000'])('is %j', token => {
    expect(() => find(token, alice, '*')).toThrow(Fault);
  });
});
