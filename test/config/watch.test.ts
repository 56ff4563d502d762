import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, lockDataDir, runningGateway, watchConfig } from '../../src/config/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'amg-watch-'));

let stop: (() => void) | undefined;
afterEach(() => stop?.());

function watch(cwd: string) {
  const seen: string[] = [];
  const config = loadConfig({ env: {}, cwd });
  const watcher = watchConfig(config, {
    intervalMs: 10,
    onGood: next => seen.push(`good: ${next.servers.map(server => server.name)}`),
    onBad: message => seen.push(`bad: ${message}`),
  });
  stop = () => watcher.close();
  return {
    seen,
    path: config.configFile,
    next: (count: number) => vi.waitFor(() => expect(seen.length).toBe(count)),
  };
}

describe('the watched file', () => {
  it('is taken up when it appears, is edited or is replaced', async () => {
    const { seen, path, next } = watch(folder());
    writeFileSync(path, 'mcpServers: { a: { url: "http://a" } }');
    await next(1);
    writeFileSync(path, 'mcpServers: { a: { url: "http://a" }, b: { url: "http://b" } }');
    await next(2);
    writeFileSync(`${path}.new`, 'mcpServers: { c: { url: "http://c" } }');
    renameSync(`${path}.new`, path);
    await next(3);
    expect(seen).toEqual(['good: a', 'good: a,b', 'good: c']);
  });

  it('T37 is refused with line and reason when it is wrong or gone, and taken up when mended', async () => {
    const { seen, path, next } = watch(folder());
    writeFileSync(path, 'settings:\n  ratelimit: {}\n');
    await next(1);
    rmSync(path);
    await next(2);
    writeFileSync(path, 'mcpServers: {}');
    await next(3);
    expect(seen[0]).toBe(
      'bad: authmcp.yaml:2 settings.ratelimit is not a setting; did you mean rateLimit? The running configuration stays.',
    );
    expect(seen[1]).toMatch(/authmcp\.yaml is gone\. The running configuration stays\.$/);
    expect(seen[2]).toBe('good: ');
  });
});

describe('one gateway for one data directory', () => {
  it('the second is refused with the pid of the first, and goes when that is gone', async () => {
    const dir = folder();
    const lock = lockDataDir(dir, './data');
    expect(() => lockDataDir(dir, './data')).toThrow(
      `./data is used by another gateway (pid ${process.pid}). Stop it, or use --data-dir with another folder.`,
    );
    expect(runningGateway(dir)).toEqual({ pid: process.pid, port: undefined });
    lock.listensOn(9105);
    expect(runningGateway(dir)).toEqual({ pid: process.pid, port: 9105 });
    lock.release();
    lock.release();
    expect(runningGateway(dir)).toBeUndefined();
    lockDataDir(dir, './data').release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('a lock whose process is gone, whose pid was given again, or which is rubbish is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const stale = [
      `{"pid":${child.pid},"started":"1"}`,
      `{"pid":${process.ppid},"started":"1"}`,
      'rubbish',
      '{"pid":-1}',
    ];
    for (const text of stale) {
      const dir = folder();
      writeFileSync(join(dir, 'gateway.pid'), text);
      const lock = lockDataDir(dir, './data');
      expect(JSON.parse(readFileSync(join(dir, 'gateway.pid'), 'utf8')).pid).toBe(process.pid);
      lock.release();
    }
  });
});
