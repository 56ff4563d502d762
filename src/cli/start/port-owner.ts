import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';

export type PortOwner = { readonly name: string; readonly pid: number };

/** The process that listens on a port of this machine, where the system lets us see it (proc(5)). */
export function findPortOwner(port: number): PortOwner | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(path => listeningInodes(path, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of list('/proc').filter(name => /^\d+$/.test(name))) {
    if (list(`/proc/${pid}/fd`).some(fd => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)))) {
      return { name: nameOf(pid), pid: Number(pid) };
    }
  }
  return undefined;
}

/** Node calls its thread MainThread; the program that was started is what a person knows. */
function nameOf(pid: string): string {
  const name = read(`/proc/${pid}/comm`).trim();
  return name === 'MainThread' ? basename(linkOf(`/proc/${pid}/exe`)) || name : name;
}

const LISTEN = '0A';

function listeningInodes(path: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return read(path)
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === LISTEN)
    .map(fields => `socket:[${fields[9]}]`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The first port from `port` on that is free on the address, at most 100 further. */
export async function findFreePort(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  for (let next = port; next < Math.min(port + 100, 65_536); next++) {
    if (await isFree(next, host)) return next;
  }
  return undefined;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
