import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Assignment,
  audit,
  checkIds,
  type Ended,
  findingsOf,
  type Report,
} from '../../src/auditor/index.ts';
import { Secret, systemClock } from '../../src/base/index.ts';
import { createEgress, type Egress } from '../../src/http/index.ts';
import { startEverything } from '../support/everything.ts';
import { startGatewayHere } from '../support/gateway-here.ts';
import { type FlawedServer, startFlawed } from './support/flawed-server.ts';
import { FLAWS, flawsOf } from './support/flaws.ts';

let egress: Egress;
beforeAll(() => {
  egress = createEgress();
});
afterAll(() => egress.close());

const run = (assignment: Assignment, signal = new AbortController().signal): Promise<Ended> =>
  audit(assignment, { egress, clock: systemClock, isPrivateAllowed: () => true, signal });

async function reportOf(assignment: Assignment): Promise<Report> {
  const ended = await run(assignment);
  if (ended.kind !== 'done') throw new Error(JSON.stringify(ended));
  return ended.report;
}

const foundBy = (report: Report) =>
  findingsOf(report)
    .map(({ check }) => check)
    .sort();

const assign = ({ url, token, otherToken }: FlawedServer, more: Partial<Assignment> = {}): Assignment => ({
  url: new URL(url),
  token: new Secret(token),
  otherToken: new Secret(otherToken),
  burst: 150,
  ...more,
});

describe('an audit', () => {
  it.each(['legacy', 'modern'] as const)('finds nothing in a server without flaws (%s)', async era => {
    const server = await startFlawed({ era });
    const report = await reportOf(assign(server));
    expect(findingsOf(report).map(({ check, evidence }) => [check, ...evidence])).toEqual([]);
    expect(report.verdicts.map(({ check }) => check)).toEqual(checkIds);
    await server.close();
  });

  it.each(FLAWS)('finds one flaw alone: %s', async flaw => {
    const server = await startFlawed({ flaws: [flaw] });
    expect(foundBy(await reportOf(assign(server)))).toEqual([flaw]);
    await server.close();
  });

  it('finds just what is planted, fifty seeds', { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const era = seed % 3 === 0 ? 'modern' : 'legacy';
      const flaws = flawsOf(seed, era === 'legacy');
      const server = await startFlawed({ era, flaws });
      expect(foundBy(await reportOf(assign(server))), `seed ${seed}`).toEqual([...flaws].sort());
      await server.close();
    }
  });

  it('finds nothing in this gateway with the official server behind it, but what is listed here', async () => {
    const everything = await startEverything();
    const gateway = await startGatewayHere({ servers: { everything: everything.url } });
    const [token, otherToken] = await Promise.all(
      ['alice', 'bob'].map(name => gateway.userToken(name, ['everything'])),
    );
    const url = new URL(gateway.url('/mcp'));
    const report = await reportOf({
      url,
      token: new Secret(token ?? ''),
      otherToken: new Secret(otherToken ?? ''),
    });
    expect(findingsOf(report).map(({ check, evidence }) => [check, ...evidence])).toEqual([]);
    const skipped = report.verdicts.filter(({ outcome }) => outcome === 'skipped');
    // Its keys are no JWT: there is no audience to read.
    expect(skipped.map(({ check }) => check)).toEqual(['foreign-audience']);
    expect(report).toMatchObject({ eras: ['legacy', 'modern'], server: expect.stringContaining('authmcp') });
    await gateway.close();
    await everything.close();
  });
});
