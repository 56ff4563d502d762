import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Echo2026, startEcho2026 } from '../fixtures/echo-2026.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { tempDir } from '../support/temp.ts';
import { runScenario } from './run-suite.ts';

/** The scenarios of SEP-2663 and how many checks each has; the one of notifications is empty in this release. */
const SCENARIOS: Readonly<Record<string, number>> = {
  'tasks-capability-negotiation': 5,
  'tasks-dispatch-and-envelope': 9,
  'tasks-lifecycle': 9,
  'tasks-mrtr-composition': 2,
  'tasks-mrtr-input': 4,
  'tasks-request-headers': 5,
  'tasks-request-state-removal': 3,
  'tasks-required-task-error': 3,
  'tasks-status-notifications': 0,
  'tasks-wire-fields': 4,
};

let fixture: Echo2026;
let gateway: GatewayHere;
let out: Awaited<ReturnType<typeof tempDir>>;

beforeAll(async () => {
  out = await tempDir('conformance-tasks-');
  fixture = await startEcho2026({ tasks: true });
  gateway = await startGatewayHere({ servers: { fixture: fixture.url } });
});
afterAll(async () => {
  await gateway.close();
  await fixture.close();
  await out.remove();
});

describe.for(['the fixture itself', 'the gateway'])('the scenarios of tasks, against %s', place => {
  it('pass, all ten', { timeout: 120_000 }, async () => {
    const isDirect = place === 'the fixture itself';
    const at = isDirect
      ? { url: fixture.url }
      : { url: gateway.url('/mcp/fixture'), bearer: gateway.adminToken };
    const ran = Object.entries(SCENARIOS).map(async ([scenario, checks]) => {
      const { passed, failed, raw } = await runScenario(scenario, { ...at, outDir: join(out.path, place) });
      return passed === checks && failed === 0 ? [] : [`${scenario}: ${raw}`];
    });
    expect((await Promise.all(ran)).flat()).toEqual([]);
  });
});
