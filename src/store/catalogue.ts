import type { Db } from './change.ts';
import type { CatalogueRow, OwnedName, Store } from './types.ts';

type Catalogue = Pick<
  Store,
  'loadCatalogue' | 'putCatalogue' | 'forgetCatalogue' | 'loadNames' | 'claimNames'
>;

/** SQLite binds at most 32,766 values in one statement. */
const AT_ONCE = 1000;

async function putCatalogue(db: Db, row: CatalogueRow): Promise<void> {
  const { body, hash, readAt } = row;
  await db
    .insertInto('catalogue')
    .values(row)
    .onConflict(conflict =>
      conflict.columns(['server', 'credential', 'profile']).doUpdateSet({ body, hash, readAt }),
    )
    .execute();
}

/** Neither dialect keeps NUL and half surrogate pairs as they are; such a name cannot be owned. */
function isKeepable({ exposed, original }: OwnedName): boolean {
  return [exposed, original].every(text => text.isWellFormed() && !text.includes('\0'));
}

function slices<T>(all: readonly T[]): T[][] {
  const many = Math.ceil(all.length / AT_ONCE);
  return Array.from({ length: many }, (_, at) => all.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}

async function ownersOf(db: Db, names: readonly OwnedName[]): Promise<readonly OwnedName[]> {
  const kinds = new Set(names.map(name => name.kind));
  const found: OwnedName[] = [];
  for (const kind of kinds) {
    const exposed = names.filter(name => name.kind === kind).map(name => name.exposed);
    const rows = db.selectFrom('ownedNames').selectAll().where('kind', '=', kind);
    found.push(...(await rows.where('exposed', 'in', exposed).execute()));
  }
  return found;
}

/** The primary key decides between claimants, whatever process they come from. */
function claimNames(db: Db, names: readonly OwnedName[]): Promise<readonly OwnedName[]> {
  // In one order everywhere: two claims that lock rows in different orders would wait for each other.
  const order = (a: OwnedName, b: OwnedName) => (a.kind + a.exposed < b.kind + b.exposed ? -1 : 1);
  const claims = names.filter(isKeepable).sort(order);
  return db.transaction().execute(async tx => {
    const owned: OwnedName[] = [];
    for (const slice of slices(claims)) {
      const insert = tx.insertInto('ownedNames').values(slice);
      await insert.onConflict(conflict => conflict.doNothing()).execute();
      owned.push(...(await ownersOf(tx, slice)));
    }
    return owned;
  });
}

/** What servers offered when last asked, and whose each exposed name is. */
export function createCatalogue(db: Db): Catalogue {
  return {
    loadCatalogue: () => db.selectFrom('catalogue').selectAll().execute(),
    putCatalogue: row => putCatalogue(db, row),
    forgetCatalogue: async (server, credential) => {
      const rows = db.deleteFrom('catalogue').where('server', '=', server);
      await rows.where('credential', '=', credential).execute();
    },
    loadNames: () =>
      db
        .selectFrom('ownedNames')
        .selectAll()
        .orderBy('createdAt')
        .orderBy('kind')
        .orderBy('exposed')
        .execute(),
    claimNames: names => claimNames(db, names),
  };
}
