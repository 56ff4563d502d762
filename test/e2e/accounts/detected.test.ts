import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../auth/support/world.ts';
import { PASSWORD } from '../../oauth/support/world.ts';
import { createBrowser } from '../../support/browser.ts';
import { toldBy } from '../support/told.ts';
import { linkIn, startTwoGateways, type TwoGateways, toolsOf } from './support/two-gateways.ts';

const call = { name: 'other_connect', arguments: {} };

describe.each(['off', 'log', 'block'] as const)('connecting an account, with detectors at %s', attitude => {
  let two: TwoGateways;
  const clock = createClock(Date.now());
  beforeAll(async () => {
    const settings = { detectors: { connect_hijack: attitude, connect_refused: attitude } };
    two = await startTwoGateways({ settings, clock });
  });
  afterAll(() => two.close());

  const told = async (type: string) => {
    return (await toldBy(two.here, clock)).filter(one => one.type === type).length;
  };
  const expected = attitude === 'off' ? 0 : 1;

  it('another person’s link is refused', async () => {
    const link = linkIn(await two.modern('ann').request('tools/call', call));
    expect((await two.visit('eve', link)).status).toBe(403);
    expect(await told('connect_hijack')).toBe(expected);
    expect(await toolsOf(two.modern('ann'))).toEqual(['other_connect']);
  });

  it('an answer with another code connects nothing, and the next one does', async () => {
    let isStopping = true;
    const browser = createBrowser({
      fill: { name: 'ben', password: PASSWORD },
      stopAt: ({ pathname, origin }) =>
        isStopping && pathname === '/connect/callback' && origin === two.here.origin,
    });
    const link = linkIn(await two.modern('ben').request('tools/call', call));
    const back = new URL((await browser.signIn(link)).url);
    expect(back.searchParams.get('code')).toBeTruthy();
    back.searchParams.set('code', 'stolen');
    isStopping = false;
    await browser.open(back.href);
    expect(await toolsOf(two.modern('ben'))).toEqual(['other_connect']);
    expect(await told('connect_refused')).toBe(expected);
    const page = await two.browse('ben', linkIn(await two.modern('ben').request('tools/call', call)));
    expect(page.text).toContain('Connected to other');
  });
});
