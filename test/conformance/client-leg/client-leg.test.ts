import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../support/temp.ts';
import { failuresIn, type Leg, runLeg, runOne, startLeg } from './run-leg.ts';

const MINUTES = 60_000;
/** Its checks are of milliseconds, so that it runs alone. */
const ALONE = 'sse-retry';
const SETS = [
  { revision: '2025-11-25', total: 18 },
  { revision: '2026-07-28', total: 32 },
] as const;

let leg: Leg;
let out: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  out = await tempDir('conformance-client-');
  leg = await startLeg();
}, MINUTES);
afterAll(async () => {
  await leg?.gateway.close();
  await out?.remove();
});

const folder = (name: string) => join(out.path, name.replaceAll('/', '_'));

describe('the official suite, leg of clients, with the gateway as the client', () => {
  it.each(SETS)(
    'passes all $total scored scenarios of $revision',
    async ({ revision, total }) => {
      const outDir = folder(revision);
      const scored = await runLeg(leg, revision, { outDir });
      const failed = scored.failed.filter(name => name !== ALONE);
      expect(failed, (await failuresIn(outDir)).join('\n')).toEqual([]);
      expect(scored.total).toBe(total);
    },
    4 * MINUTES,
  );

  it(
    `passes ${ALONE}, alone`,
    async () => {
      const { passed, raw } = await runOne(leg, ALONE, { outDir: folder(ALONE), version: '2025-11-25' });
      expect(passed, raw).toBe(true);
    },
    MINUTES,
  );

  it.each(['auth/client-credentials-jwt', 'auth/client-credentials-basic'])(
    'passes the extension %s',
    async scenario => {
      const { passed, raw } = await runOne(leg, scenario, {
        outDir: folder(scenario),
        version: '2026-07-28',
      });
      expect(passed, raw).toBe(true);
    },
    MINUTES,
  );

  it(
    'fails where nobody is signed in: what is connected is connected by a person in a browser',
    async () => {
      const { people, ...rest } = JSON.parse(leg.env.AUTHMCP_LEG ?? '{}');
      const signedOut = people.map((person: object) => ({ ...person, cookie: '' }));
      const nobody = { ...leg, env: { AUTHMCP_LEG: JSON.stringify({ ...rest, people: signedOut }) } };
      const outDir = folder('nobody');
      const { passed } = await runOne(nobody, 'auth/metadata-default', { outDir, version: '2026-07-28' });
      expect(passed).toBe(false);
      expect((await failuresIn(outDir)).join()).toContain('authorization-request');
    },
    MINUTES,
  );
});
