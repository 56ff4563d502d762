import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../../../src/base/index.ts';
import type { EventRow, Store } from '../../../src/store/index.ts';
import { historyOf, type PersonOf } from '../../pictures/history.ts';
import { HOUSEHOLD, type Running, type ServerOf, startServer } from '../../pictures/household.ts';
import { post } from '../../support/mcp.ts';
import { inThePast, oldKey } from './past.ts';
import { type PagesWorld, startPagesWorld } from './world.ts';

const DAY_MS = 86_400_000;
const AWAY_MS = 47 * 60_000;
const CLIENTS = ['Claude Code', 'Codex', 'Claude', 'VS Code', 'Cursor', 'Visual Studio Code - Insiders'];
const TEAMS = ['accounting', 'warehouse', 'customer-support', 'platform-engineering', 'legal'];
const ROLES = ['lead', 'night-shift', 'on-call', 'trainee', 'audit', 'europe-west', 'reports', 'automation'];

/** What firms have, by the names that their servers give their tools. */
const OFFERS: readonly (readonly [name: string, title: string, share: number, tools: string])[] = [
  [
    'atlassian-jira-cloud',
    'Atlassian Jira',
    16,
    'jira_search_issues_using_jql jira_create_issue_remote_link',
  ],
  ['google-workspace', 'Google Workspace', 14, 'search_gmail_messages get_drive_file_content create_event'],
  ['postgres-production-replica', 'PostgreSQL', 9, 'query list_tables explain_query_plan_with_indexes'],
  ['slack', 'Slack', 11, 'conversations_history conversations_add_message channels_list'],
  ['sentry', 'Sentry', 7, 'find_issues get_issue_details analyze_issue_with_seer'],
  ['kubernetes-eu', 'Kubernetes', 5, 'pods_list_in_namespace resources_create_or_update pods_exec'],
  ['stripe', 'Stripe', 4, 'list_customers create_refund search_stripe_documentation'],
  ['figma-dev-mode-mcp-server', 'Figma', 3, 'get_code get_variable_definitions create_design_system_rules'],
];

const toolsOf = (names: string): ServerOf['tools'] =>
  names.split(' ').map((name, at) => ({
    ...{ name, ms: 20 + name.length * 9, kind: at === 0 ? 'reads' : at === 1 ? 'writes' : 'destroys' },
    says: `${name.replaceAll('_', ' ')}, in all that the caller may see, newest first and at most a hundred at once`,
  }));

const SERVERS: readonly ServerOf[] = [
  ...HOUSEHOLD,
  ...OFFERS.map(([name, title, share, tools], at) => ({
    ...{ name, title, share, isModern: at % 2 === 0, tools: toolsOf(tools) },
  })),
];

export type Town = PagesWorld & {
  /** The id of a person with much behind them. */
  readonly person: string;
};

type TownOptions = {
  /** Forty, unless fewer will do. */
  readonly people?: number;
  /** Of the browser. */
  readonly args?: readonly string[];
};

/** A firm at work: a dozen servers and more, forty people, a day of calls; one server is away. */
export async function startTown({ people = 40, args = [] }: TownOptions = {}): Promise<Town> {
  const running = await Promise.all(SERVERS.map(async of => [of.name, await startServer(of)] as const));
  const urls = Object.fromEntries(running.map(([name, { url }]) => [name, url]));
  await running.find(([name]) => name === 'mail')?.[1].close();
  const world = await startPagesWorld({ servers: urls }, args);
  const person = await settle(world, people);
  const open: readonly Running[] = running.filter(([name]) => name !== 'mail').map(([, one]) => one);
  return {
    ...world,
    person,
    close: async () => {
      await world.close();
      await Promise.all(open.map(one => one.close()));
    },
  };
}

/** Who there is, what they did, and what there is to see to. */
async function settle({ gateway }: PagesWorld, many: number): Promise<string> {
  let first = '';
  await inThePast(gateway, async store => {
    const people = await move(store, many);
    first = people[0]?.id ?? '';
    const now = Date.now();
    const day = { now, awaySince: now - AWAY_MS, servers: SERVERS };
    const activity = historyOf(people, day);
    for (let from = 0; from < activity.length; from += 2_000)
      await store.writeLedger({ activity: activity.slice(from, from + 2_000), events: [] });
    await store.writeLedger({ activity: [], events: eventsOf(people, now) });
    await oldKey(store, people[0]?.name ?? '', 'build server of the office', now - 91 * DAY_MS);
    await oldKey(store, people[3]?.name ?? '', 'laptop', now - 2 * DAY_MS);
  });
  await callSome(gateway.url('/mcp'), gateway.adminToken);
  return first;
}

async function move(store: Store, many: number): Promise<readonly PersonOf[]> {
  const people: PersonOf[] = [];
  const names = TEAMS.flatMap(team => ROLES.map(role => `${team}.${role}`)).slice(0, many);
  for (const [at, name] of names.entries()) {
    const made = await store.createUser(
      { name, role: 'user', passwordHash: undefined },
      Date.now() - at * DAY_MS,
    );
    if (typeof made === 'string') throw new Error(`${name}: ${made}`);
    for (const server of SERVERS.slice(at % 4, (at % 4) + 5))
      await store.addGrant({ userId: made.id, server: server.name as never });
    people.push({ id: made.id, name, client: CLIENTS[at % CLIENTS.length] ?? '' });
  }
  return people;
}

const eventsOf = (people: readonly PersonOf[], now: number): EventRow[] =>
  (['brute_force', 'unauthorized_access', 'suspicious_payload', 'tool_poisoning'] as const).map(
    (type, at) => ({
      ...{ id: uuidv7(now - at * 600_000), at: now - at * 600_000, type, count: 3 + at },
      ...{ severity: at === 3 ? ('critical' as const) : ('medium' as const), address: '203.0.113.77' },
      ...{
        principal: `user:${people[at]?.name}`,
        server: SERVERS[at]?.name,
        detail: JSON.stringify({ path: '/mcp' }),
      },
    }),
  );

/** Live ones, whose names are long as well, one of them wrong. */
async function callSome(url: string, token: string): Promise<void> {
  const call = (name: string) => ({
    ...{ jsonrpc: '2.0', id: randomBytes(4).toString('hex'), method: 'tools/call' },
    params: { name, arguments: { query: 'mcp' } },
  });
  await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }, { token });
  for (const name of ['figma-dev-mode-mcp-server_get_code', 'postgres-production-replica_query', 'nothing'])
    await post(url, call(name), { token });
}
