import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Caller, explain, type Item, Policy, permits, TIERS } from '../../src/policy/index.ts';
import { mayByTheBook } from './support/oracle.ts';
import { type Case, item, policyCase, rule, SEED, SERVERS } from './support/worlds.ts';

const RUNS = 10_000;
const options = { numRuns: RUNS, seed: SEED };
const place = fc.constantFrom(...SERVERS);

function callerOf({ rules, switches, who }: Case, scopes: readonly string[] = ['mcp']): Caller {
  const rights = new Policy({ rules, switches }).rightsOf(who);
  return {
    ...{ principal: who.user, name: who.user, isAdmin: false, client: '', scopes, person: who, rights },
    credential: { kind: 'open', id: 'open', expiresAt: undefined },
  };
}

describe(`policies of groups, globs, tiers, denies and switches (${RUNS} cases, seed ${SEED})`, () => {
  it('say what the words of the documentation say', () => {
    let allowed = 0;
    fc.assert(
      fc.property(policyCase, place, item, (one, server, asked) => {
        const said = permits(callerOf(one), server, asked);
        if (said) allowed++;
        expect(said).toBe(mayByTheBook(one, server, asked));
      }),
      options,
    );
    // Neither nearly nothing nor nearly everything: else the cases show little.
    expect(allowed).toBeGreaterThan(RUNS / 10);
    expect(allowed).toBeLessThan((RUNS * 9) / 10);
  });

  it('explain what they decide, with a rule that is there', () => {
    fc.assert(
      fc.property(policyCase, place, item, (one, server, asked) => {
        const caller = callerOf(one);
        const own = new Policy(one).ownRightsOf(one.who);
        const verdict = explain({ ...caller, rights: own }, server, asked);
        expect(verdict.allowed).toBe(permits(caller, server, asked));
        const { because } = verdict;
        if (because.kind !== 'rule') return;
        expect(one.rules).toContain(because.rule);
        expect(own.matching(server, asked)).toContain(because.rule);
        expect(because.rule.effect).toBe(verdict.allowed ? 'allow' : 'deny');
      }),
      options,
    );
  });

  it('give nothing on a server that they do not reach, nor beyond the scopes', () => {
    fc.assert(
      fc.property(policyCase, place, item, (one, server, asked) => {
        const caller = callerOf(one);
        if (!caller.rights.reaches(server)) expect(permits(caller, server, asked)).toBe(false);
        const narrow = { ...caller, scopes: ['mcp:elsewhere', 'admin'] };
        expect(permits(narrow, server, asked)).toBe(false);
        if (permits(caller, server, asked))
          expect(explain(narrow, server, asked).because).toEqual({ kind: 'scope' });
      }),
      options,
    );
  });
});

describe(`one more rule (${RUNS} cases, seed ${SEED})`, () => {
  it('that denies takes away what it matches, from everybody, and gives nothing', () => {
    fc.assert(
      fc.property(policyCase, rule, place, item, (one, more, server, asked) => {
        const deny = { ...more, effect: 'deny' as const };
        const [before, after] = [callerOf(one), callerOf({ ...one, rules: [...one.rules, deny] })];
        if (!permits(before, server, asked)) expect(permits(after, server, asked)).toBe(false);
        const everything = { kind: 'all', pattern: '*', tier: undefined, server: '*' } as const;
        const total = { ...deny, ...everything, subject: { kind: 'everybody' } as const };
        const none = callerOf({ ...one, rules: [total, ...one.rules] });
        expect([permits(none, server, asked), none.rights.reaches(server)]).toEqual([false, false]);
      }),
      options,
    );
  });

  it('of a client or a key gives nobody more than the person has', () => {
    fc.assert(
      fc.property(policyCase, place, item, (one, server, asked) => {
        const { client, key, ...bare } = one.who;
        const withMeans = permits(callerOf(one), server, asked);
        if (withMeans) expect(permits(callerOf({ ...one, who: bare }), server, asked)).toBe(true);
      }),
      options,
    );
  });

  it('and what may be done at a tier may be done below it: what is unknown is taken for the worst', () => {
    fc.assert(
      fc.property(policyCase, place, item, (one, server, asked) => {
        const rights = new Policy(one).rightsOf(one.who);
        const at = TIERS.map(tier => rights.permits(server, { ...asked, kind: 'tool', tier } as Item));
        expect(at).toEqual(at.toSorted((a, b) => Number(b) - Number(a)));
      }),
      options,
    );
  });
});

describe('rights', () => {
  it('are shared by whoever is given the same, each by rules of their own', () => {
    const base = { kind: 'all', server: 'home', pattern: '*', tier: undefined, effect: 'allow' } as never;
    const mine = (user: string) =>
      ({ ...(base as object), id: user, subject: { kind: 'user', id: user } }) as never;
    const policy = new Policy({ rules: [mine('alice'), mine('bob')], switches: new Map() });
    const of = (user: string) => policy.rightsOf({ user: user as never, role: 'user', groups: [] });
    expect(of('alice')).toBe(of('bob'));
    expect(of('carol').hash).not.toBe(of('bob').hash);
    const more = new Policy(
      { rules: [mine('alice'), mine('bob'), mine('carol')], switches: new Map() },
      policy,
    );
    const later = (user: string) => more.rightsOf({ user: user as never, role: 'user', groups: [] });
    expect([later('alice'), later('carol')]).toEqual([of('alice'), of('alice')]);
    const none = new Policy({ rules: [], switches: new Map() }, more);
    expect(none.rightsOf({ user: 'alice' as never, role: 'user', groups: [] }).reaches('home' as never)).toBe(
      false,
    );
  });
});
