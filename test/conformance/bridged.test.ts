import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2025 } from '../fixtures/conformance-2025.ts';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { tempDir } from '../support/temp.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';

const MINUTES = 60_000;

/**
 * What cannot exist where the server speaks the other protocol, by check, each with its reason. Everything else of the
 * scored scenarios must pass, and a line here that passes after all must go.
 */
const BEFORE_2025: Readonly<Record<string, string>> = {
  'server-stateless/sep-2575-server-rejects-undeclared-capability':
    'a server of 2025 says in words of its own that it cannot ask; there is no -32021 to pass on',
  'server-stateless/sep-2575-missing-capability-http-400': 'the same refusal, by its HTTP status',
  'input-required-result-basic-elicitation/sep-2322-elicitation-incomplete':
    'wants the key "user_name"; a request of 2025 has no key, so the gateway gives one',
  'input-required-result-ignore-extra-params/sep-2322-ignore-unexpected-params':
    'answers a question that was not asked yet: a call of 2025 has to ask first',
};

const LEGS = [
  { revision: '2026-07-28', server: '2025', total: 37, start: startConformance2025, missing: BEFORE_2025 },
  { revision: '2025-11-25', server: '2026', total: 30, start: startConformance2026, missing: {} },
] as const;

describe.for(LEGS)('the official suite of $revision before a server of $server alone', leg => {
  let fixture: Awaited<ReturnType<typeof leg.start>>;
  let gateway: GatewayHere;
  let result: SuiteResult;
  let out: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => {
    out = await tempDir('conformance-bridged-');
    fixture = await leg.start();
    gateway = await startGatewayHere({ servers: { fixture: fixture.url } });
    const url = gateway.url('/mcp/fixture');
    const outDir = join(out.path, leg.revision);
    result = await runSuite({ url, revision: leg.revision, outDir, bearer: gateway.adminToken });
  }, 2 * MINUTES);
  afterAll(async () => {
    await gateway?.close();
    await fixture?.close();
    await out?.remove();
  });

  it('speaks to a server that knows no other protocol', async () => {
    const other = leg.server === '2025' ? 'server/discover' : 'initialize';
    const answered = fixture.journal.entries().filter(one => one.method === 'tools/call');
    expect(answered.length).toBeGreaterThan(10);
    const versions = new Set(answered.map(one => one.headers['mcp-protocol-version']));
    expect([...versions]).toEqual([leg.server === '2025' ? '2025-11-25' : '2026-07-28']);
    expect(fixture.journal.of(other).length).toBeLessThan(5);
  });

  it('fails nothing of what is scored but what cannot exist there', () => {
    expect(result.scored.total).toBe(leg.total);
    const scenarios = new Set(Object.keys(leg.missing).map(check => check.split('/')[0]));
    expect(result.scored.failed.filter(name => !scenarios.has(name))).toEqual([]);
    const bad = [...result.checks]
      .filter(([, { status }]) => status === 'FAILURE' || status === 'WARNING')
      .map(([check]) => check)
      .filter(check => !UNSCORED.test(check));
    expect(bad.sort()).toEqual(Object.keys(leg.missing).sort());
  });
});

/** Scenarios that the suite runs and does not count: extensions, and those that are pending. */
const UNSCORED =
  /^(tasks-|http-custom-header|http-header-validation|json-schema-2020-12|server-sse-polling|server-session-lifecycle)/;
