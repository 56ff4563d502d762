import { expect } from 'vitest';
import type { EventRow } from '../../../src/store/index.ts';
import { createClock, type TestClock } from '../../auth/support/world.ts';
import { type GatewayHere, startGatewayHere } from '../../support/gateway-here.ts';
import { legacyClient, post } from '../../support/mcp.ts';
import { tempDir } from '../../support/temp.ts';
import { type ChangingServer, type Offering, startChangingServer } from './changing-server.ts';

export const tool = (name: string, more: object = {}) => ({
  ...{ name, description: `The tool ${name}.`, inputSchema: { type: 'object' } },
  annotations: { readOnlyHint: false, destructiveHint: true },
  ...more,
});

const OTHER: Offering = { tools: [tool('create_issue'), tool('list_repositories')] };
export const FIRST: Offering = { instructions: 'Notes of people.', tools: [tool('add_note'), tool('poke')] };
export const CHANGED = {
  description: 'Adds a note, \u202eand more.',
  inputSchema: { type: 'object', required: ['x'] },
};

type Detectors = Readonly<Record<string, string>>;
export type Read = EventRow & { readonly read: Readonly<Record<string, unknown>> };

/** A gateway with two servers, `github` and `notes`, of which the latter changes. */
export class ChangingWorld {
  readonly clock: TestClock = createClock(Date.now());
  gateway!: GatewayHere;
  notes!: ChangingServer;
  #github!: ChangingServer;
  #prefix: string | undefined;
  #folder!: Awaited<ReturnType<typeof tempDir>>;

  /** `prefix`: of the names of `github`, which are `github_` unless said. */
  async open(detectors: Detectors, first: Offering, prefix?: string): Promise<void> {
    this.#prefix = prefix;
    this.#github = await startChangingServer(OTHER, 'github');
    this.notes = await startChangingServer(first);
    this.#folder = await tempDir('authmcp-definitions-');
    await this.start(detectors);
  }

  /** Again on the same data. */
  async start(detectors: Detectors): Promise<void> {
    this.gateway = await startGatewayHere({
      servers: {
        github: { url: this.#github.url, ...(this.#prefix !== undefined && { prefix: this.#prefix }) },
        notes: this.notes.url,
      },
      ...{ settings: { detectors }, clock: this.clock, dir: this.#folder.path },
    });
    await legacyClient({ url: this.gateway.url('/mcp'), token: this.gateway.adminToken });
    await expect.poll(() => this.listed()).toContain('notes_poke');
  }

  async close(): Promise<void> {
    await this.gateway?.close();
    await Promise.all([this.#github?.close(), this.notes?.close()]);
    await this.#folder?.remove();
  }

  #ask(method: string, params?: object) {
    const body = { jsonrpc: '2.0', id: 1, method, params };
    return post(this.gateway.url('/mcp'), body, { token: this.gateway.adminToken });
  }

  call(name: string) {
    return this.#ask('tools/call', { name, arguments: {} });
  }

  async listed(): Promise<readonly string[]> {
    const { message } = await this.#ask('tools/list');
    return ((message.result?.tools ?? []) as unknown as { name: string }[]).map(({ name }) => name);
  }

  async prompts(): Promise<readonly string[]> {
    const { message } = await this.#ask('prompts/list');
    return ((message.result?.prompts ?? []) as unknown as { name: string }[]).map(({ name }) => name);
  }

  prompt(name: string) {
    return this.#ask('prompts/get', { name });
  }

  /** What a client that comes now is told of the servers. */
  async told(): Promise<string> {
    const client = await legacyClient({ url: this.gateway.url('/mcp'), token: this.gateway.adminToken });
    return String(client.initialized.message.result?.instructions ?? '');
  }

  /** What stands in the store, the oldest first, once there are so many. */
  async events(type: string, count: number): Promise<readonly Read[]> {
    // Equal events become one within ten seconds.
    const found = async () => {
      this.clock.pass(10_000);
      return (await this.gateway.store.ledger.events({ type, limit: 100 })).rows;
    };
    await expect.poll(async () => (await found()).length, { timeout: 5000 }).toBe(count);
    return (await found()).map(row => ({ ...row, read: JSON.parse(row.detail) })).reverse();
  }

  /** The server offers something else, says so, and is read again. */
  async become(next: Offering): Promise<void> {
    this.notes.offer(next);
    await this.call('notes_poke');
  }
}
