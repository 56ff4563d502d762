import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Echo2025, startEcho2025 } from '../fixtures/echo-2025.ts';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';
import { legacyClient, modernClient } from '../support/mcp.ts';

let server: Echo2025;
let gateway: GatewayHere;
let text: string;

const read = async () => (await fetch(gateway.url('/metrics'))).text();

beforeAll(async () => {
  server = await startEcho2025();
  gateway = await startGatewayHere({ servers: { echo: server.url, gone: 'http://127.0.0.1:9/mcp' } });
  const token = await gateway.userToken('ann', ['echo', 'gone']);
  const legacy = await legacyClient({ url: gateway.url('/mcp/echo'), token });
  await legacy.request('tools/call', { name: 'echo', arguments: {} });
  for (let n = 0; n < 20; n++)
    await modernClient({ url: gateway.url('/mcp'), token }).request('tools/call', { name: `invented_${n}` });
  await fetch(gateway.url('/auth/login'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ann', password: 'wrong' }),
  });
  await vi.waitUntil(async () => (await read()).includes('authmcp_server_up{server="gone"} 0'), 10_000);
  text = await read();
});
afterAll(async () => {
  await gateway.close();
  await server.close();
});

/** Each metric by its name with the labels of all its series; of a histogram each of its parts. */
function families(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+) /gm)) found.set(name, new Set());
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? [0-9.e+-]+$/gm)) {
    const known = found.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/([a-z]+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

describe('the metrics', () => {
  it('tell how each server is, and what it has now', () => {
    for (const line of [
      'authmcp_server_up{server="echo"} 1',
      'authmcp_server_health{server="echo",state="online"} 1',
      'authmcp_server_health{server="echo",state="down"} 0',
      'authmcp_server_health{server="gone",state="down"} 1',
      'authmcp_server_breaker_open{server="echo"} 0',
      'authmcp_server_calls{server="echo"} 0',
      'authmcp_server_sessions{server="gone"} 0',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toMatch(/^authmcp_server_sessions\{server="echo"\} [1-9]\d*$/m);
  });

  it('tell what clients have, what happened, and which version runs', () => {
    expect(text).toContain('authmcp_build_info{version="0.0.0-test",commit=""} 1\n');
    expect(text).toContain('authmcp_client_sessions 1\n');
    expect(text).toMatch(/^authmcp_sign_ins_total\{type="login",ok="false"\} 1$/m);
    expect(text).toMatch(/^authmcp_events_total\{type="server_health",severity="high"\} 1$/m);
    expect(text).toMatch(/^authmcp_requests_total\{method="tools\/call",server="echo",outcome="ok"\} 1$/m);
  });

  it('tell how the process is, in the names of other programs', async () => {
    const numberOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(numberOf('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(numberOf('process_resident_memory_bytes')).toBeGreaterThan(20e6);
    expect(Math.abs(numberOf('process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(600);
    expect(numberOf('nodejs_eventloop_utilization')).toBeLessThanOrEqual(1);
    expect(numberOf('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('grow by what is configured, not by what clients make up', () => {
    expect(text).not.toContain('invented');
    const names = [...text.matchAll(/server="([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['echo', 'gone', 'none']));
  });

  it('have a unit and an end that say what they are', () => {
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|millis|kb|mb)(_|$)/);
    }
  });
});

type Target = { readonly expr: string };
type Panel = { readonly id: number; readonly title: string; readonly targets?: readonly Target[] };

describe('the dashboard for Grafana', () => {
  const file = new URL('../../deploy/grafana/authmcp-gateway.json', import.meta.url);
  const dashboard = JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] };
  const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );
  /** What Prometheus adds. */
  const added = ['instance', 'job'];

  it('asks for nothing but metrics and labels that there are', () => {
    const known = families();
    expect(queries.length).toBeGreaterThan(25);
    for (const { title, expr } of queries) {
      const metrics = [...expr.matchAll(/\b((?:authmcp|process|nodejs)_[a-z_]+)\b/g)].map(
        ([, name = '']) => name,
      );
      expect([title, metrics.length > 0]).toEqual([title, true]);
      for (const name of metrics) expect([title, name, known.has(name)]).toEqual([title, name, true]);
      const labels = [
        ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/)),
        ...[...expr.matchAll(/([a-z]+)(?:=~|!=|=)"/g)].map(([, name = '']) => name),
      ];
      const there = new Set([...added, ...metrics.flatMap(name => [...(known.get(name) ?? [])])]);
      for (const label of labels) expect([title, label, there.has(label)]).toEqual([title, label, true]);
    }
  });

  it('shows every metric of the gateway itself', () => {
    const all = [...families().keys()].filter(
      name => name.startsWith('authmcp_') && !/_(bucket|sum|count)$/.test(name),
    );
    const asked = queries.map(({ expr }) => expr).join(' ');
    expect(all.filter(name => !asked.includes(name))).toEqual([]);
  });

  it('lets one choose the gateway, and names each panel once', () => {
    for (const { expr } of queries) expect(expr).toContain('instance=~"$instance"');
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
