import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Ledger } from '../../src/ledger/index.ts';
import { createClock } from '../auth/support/world.ts';

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger({
    store: { writeLedger: async () => {} },
    clock: createClock(),
    log: createLog('silent'),
  });
});
afterEach(() => ledger.stop());

const SAMPLE = /^[a-z_]+(\{([a-z]+="(\\.|[^"\\\n])*",?)*\})? [0-9.e+-]+$/;

const count = (more: Partial<Parameters<Ledger['metrics']['request']>[0]> = {}) =>
  ledger.metrics.request({
    method: 'tools/call',
    server: 'home',
    outcome: 'ok',
    ms: 3,
    upstreamMs: 2,
    ...more,
  });

/** The number behind the line that begins so. */
const sampleOf = (start: string) =>
  Number(
    ledger.metrics
      .text()
      .split('\n')
      .find(line => line.startsWith(`${start} `))
      ?.split(' ')
      .at(-1),
  );

describe('the text', () => {
  it('is what Prometheus reads: every line a comment or a sample, and a line break at the end', () => {
    count();
    count({ outcome: 'error', upstreamMs: undefined });
    const text = ledger.metrics.text();
    expect(text.endsWith('\n')).toBe(true);
    const bad = text
      .split('\n')
      .filter(line => line !== '' && !/^# (HELP|TYPE) [a-z_]+ ./.test(line) && !SAMPLE.test(line));
    expect(bad).toEqual([]);
  });

  it('counts by method, server and outcome', () => {
    count();
    count();
    count({ outcome: 'error' });
    const labels = 'method="tools/call",server="home"';
    expect(sampleOf(`authmcp_requests_total{${labels},outcome="ok"}`)).toBe(2);
    expect(sampleOf(`authmcp_requests_total{${labels},outcome="error"}`)).toBe(1);
  });

  it('has histograms whose buckets grow and end at the count', () => {
    for (const ms of [0.5, 1, 1.5, 40, 99_999]) count({ ms });
    const buckets = ledger.metrics
      .text()
      .split('\n')
      .filter(line => line.startsWith('authmcp_request_seconds_bucket'))
      .map(line => Number(line.split(' ').at(-1)));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(buckets[0]).toBe(2);
    expect(buckets.at(-1)).toBe(5);
    expect(sampleOf('authmcp_request_seconds_count{method="tools/call"}')).toBe(5);
    expect(sampleOf('authmcp_request_seconds_sum{method="tools/call"}')).toBeCloseTo(100.042, 3);
  });
});

describe('a stranger', () => {
  it('writes no line of its own into the text [T52]', () => {
    count({ server: 'a"} 1\nfake_metric 7 \\' });
    expect(ledger.metrics.text()).not.toMatch(/^fake_metric/m);
    expect(ledger.metrics.text()).toContain('\\"} 1\\nfake_metric');
  });

  it('makes no series by the methods that it invents', () => {
    const from = { at: 0, startedAt: performance.now(), address: '', path: '/mcp', userAgent: undefined };
    for (let n = 0; n < 100; n++) {
      const entry = ledger.open({ ...from, id: `${n}` });
      entry.method = `invented/${n}`;
      ledger.close(entry);
    }
    expect(sampleOf('authmcp_requests_total{method="other",server="none",outcome="ok"}')).toBe(100);
    expect(ledger.metrics.text()).not.toContain('invented');
  });

  it('fills no memory: beyond a limit requests are counted as others', () => {
    for (let n = 0; n < 6000; n++) count({ server: `server-${n}`, upstreamMs: undefined });
    const series = ledger.metrics.text().match(/^authmcp_requests_total/gm);
    expect(series).toHaveLength(5001);
    expect(sampleOf('authmcp_requests_total{method="other",server="none",outcome="other"}')).toBe(1000);
  });
});
