import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformance2025 } from '../fixtures/conformance-2025.ts';
import { startConformance2026 } from '../fixtures/conformance-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { tempDir } from '../support/temp.ts';
import { differences, type Revision, runSuite, type SuiteResult } from './run-suite.ts';

const MINUTES = 60_000;

/**
 * Checks that may end differently through the gateway, each with its reason. At most ten: a longer list means that the
 * gateway changes what it should pass on.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'server-sse-multiple-streams/server-sse-streams-functional':
    'it calls tools/list, which the gateway answers itself, in one piece and so as JSON',
  'server-sse-polling/server-sse-disconnect-resume':
    'the gateway comes back to the server by itself, so that its client’s stream stays open and needs no return',
  'tasks-capability-negotiation/sep-2663-tasks-methods-non-declaring':
    'the gateway refuses what was not declared also where no server has tasks',
  'tasks-dispatch-and-envelope/sep-2663-tasks-get-invalid-task-id-32602':
    'the gateway knows the method also where no server has tasks',
};

const LEGS = [
  { revision: '2025-11-25', total: 30, vacuous: 0, start: startConformance2025 },
  // Three scenarios of this revision are content with any refusal, a 401 as well.
  { revision: '2026-07-28', total: 37, vacuous: 3, start: startConformance2026 },
] as const;

describe.for(LEGS)('the official suite, $revision', ({ revision, total, vacuous, start }) => {
  let fixture: Awaited<ReturnType<typeof start>>;
  let gateway: GatewayHere;
  let direct: SuiteResult;
  let out: Awaited<ReturnType<typeof tempDir>>;
  const run = (url: string, name: string, bearer?: string) =>
    runSuite({
      url,
      revision: revision as Revision,
      outDir: join(out.path, name),
      ...(bearer && { bearer }),
    });

  beforeAll(async () => {
    out = await tempDir('conformance-');
    fixture = await start();
    direct = await run(fixture.url.replace('127.0.0.1', 'localhost'), 'direct');
    gateway = await startGatewayHere({ servers: { fixture: fixture.url } });
  }, MINUTES);
  afterAll(async () => {
    await gateway?.close();
    await fixture?.close();
    await out?.remove();
  });

  it(`passes all ${total} scored scenarios against the fixture itself`, () => {
    expect(direct.scored).toEqual({ passed: total, total, failed: [] });
  });

  it(`passes all ${total} scored scenarios through the gateway, and no check ends otherwise`, {
    timeout: MINUTES,
  }, async () => {
    const through = await run(gateway.url('/mcp/fixture'), 'through', gateway.adminToken);
    expect(through.scored).toEqual({ passed: total, total, failed: [] });
    expect(differences(direct, through).filter(line => !isAllowed(line))).toEqual([]);
  });

  it(`passes at most ${vacuous} scenarios without a token, and the server hears nothing`, {
    timeout: MINUTES,
  }, async () => {
    fixture.journal.clear();
    const stranger = await run(gateway.url('/mcp/fixture'), 'stranger');
    expect(stranger.scored.total).toBe(total);
    expect(stranger.scored.passed).toBeLessThanOrEqual(vacuous);
    expect(fixture.journal.of('tools/call')).toEqual([]);
  });
});

function isAllowed(difference: string): boolean {
  return Object.keys(ALLOWED).some(check => difference.startsWith(`${check}: `));
}

it('knows at most ten checks that may differ', () => {
  expect(Object.keys(ALLOWED).length).toBeLessThanOrEqual(10);
});
