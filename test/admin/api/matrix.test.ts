import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessRows } from './matrix/access.ts';
import { accountRows } from './matrix/account.ts';
import { auditorRows } from './matrix/auditor.ts';
import { type Asked, createCell, type Row } from './matrix/cell.ts';
import { connectionRows } from './matrix/connections.ts';
import { ledgerRows } from './matrix/ledger.ts';
import { oauthRows } from './matrix/oauth.ts';
import { peopleRows } from './matrix/people.ts';
import { serverRows } from './matrix/servers.ts';
import { settingsRows } from './matrix/settings.ts';
import { CALLERS, type CallerName, type Callers, startCallers } from './support/callers.ts';

/** One file for each area: an operation without a row fails here. */
const ROWS: readonly Row[] = [
  ...accessRows,
  ...accountRows,
  ...peopleRows,
  ...serverRows,
  ...settingsRows,
  ...connectionRows,
  ...oauthRows,
  ...ledgerRows,
  ...auditorRows,
];

type Described = { readonly operationId: string };

let callers: Callers;
let places: ReadonlyMap<string, { readonly method: string; readonly path: string }>;
beforeAll(async () => {
  callers = await startCallers();
  const { body } = await callers.ask('admin', 'GET /admin/api/openapi.json');
  const paths = Object.entries(body.paths as Record<string, Record<string, Described>>);
  places = new Map(
    paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, { method, path }] as const),
    ),
  );
});
afterAll(() => callers.close());

function requestOf(operation: string, { params = {}, query = '' }: Asked): string {
  const { method, path } = places.get(operation) ?? { method: 'none', path: '' };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  return `${method.toUpperCase()} ${filled}${query}`;
}

async function statusOf({ operation, ask }: Row, name: CallerName, about: 'own' | 'other'): Promise<number> {
  const { credential, cell } = await createCell(callers, name, about);
  const asked = await ask(cell);
  return (await callers.ask(credential, requestOf(operation, asked), asked.body)).status;
}

async function statusesOf(row: Row, about: 'own' | 'other'): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of CALLERS) found[name] = await statusOf(row, name, about);
  return found;
}

describe('who may do what through the API', () => {
  it('every operation has a row, and every row an operation', () => {
    const rows = ROWS.map(row => row.operation);
    expect(rows.filter((id, at) => rows.indexOf(id) !== at)).toEqual([]);
    expect([...places.keys()].filter(id => !rows.includes(id))).toEqual([]);
    expect(rows.filter(id => !places.has(id))).toEqual([]);
  });

  it.each(ROWS)('$operation, about what is one’s own', async row => {
    expect(await statusesOf(row, 'own')).toEqual(row.own);
  });

  it.each(ROWS.filter(row => row.other !== undefined))('$operation, about another’s', async row => {
    expect(await statusesOf(row, 'other')).toEqual(row.other);
  });

  it('each request that changes something is refused to a browser without the token of its form', async () => {
    const changes = ROWS.filter(({ operation }) => places.get(operation)?.method !== 'get');
    for (const row of changes) {
      const { credential, cell } = await createCell(callers, 'admin', 'other');
      const asked = await row.ask(cell);
      const headers = { 'x-csrf-token': 'x' };
      const answer = await callers.ask(credential, requestOf(row.operation, asked), asked.body, { headers });
      expect([row.operation, answer.status]).toEqual([row.operation, 403]);
    }
  });
});
