// The differential suite against any gateway:
//   node test/transparency/run.ts --direct URL --gateway URL [--token T] [--era 2025-2025] [--mode stream] [--only ROW]
//     [--journal URL] [--native URL --native-journal URL]
// `--era` is the client's and the server's. Between eras `--direct` is a server of the client's own era that does the
// same as the one behind the gateway, and `--native` that one itself. The servers are echo-2025 and echo-2026 of
// test/fixtures; one of them is started with `node test/fixtures/echo-2026.ts --port 0 --options '{"tasks":true}'`.
import { parseArgs } from 'node:util';
import { ALLOWED } from './allowed.ts';
import { type Cell, compareRow, eras, rowsOf, type Sides, tell } from './cell.ts';
import type { Era } from './wire/client.ts';

const { values } = parseArgs({
  options: {
    direct: { type: 'string' },
    gateway: { type: 'string' },
    token: { type: 'string' },
    era: { type: 'string', default: '2026-2026' },
    mode: { type: 'string', default: 'stream' },
    only: { type: 'string' },
    journal: { type: 'string' },
    native: { type: 'string' },
    'native-journal': { type: 'string' },
  },
});
const [client, server] = values.era.split('-');
const isEra = (text: string | undefined): text is Era => text === '2025' || text === '2026';
if (!values.direct || !values.gateway || !isEra(client) || !isEra(server)) {
  console.error('Needs --direct URL, --gateway URL and --era 2025-2025, 2025-2026, 2026-2025 or 2026-2026.');
  process.exit(2);
}
const cell: Cell = {
  client,
  server,
  mode: values.mode === 'json' ? 'json' : 'stream',
  down: 'http',
  up: 'http',
};
const journalOf = (url: string) => new URL('/journal', url).href;
const sides: Sides = {
  direct: { url: values.direct, journal: values.journal && journalOf(values.direct) },
  through: { url: values.gateway, token: values.token, journal: values.journal },
  ...(values.native && { native: { url: values.native, journal: values['native-journal'] } }),
};

let bad = 0;
for (const row of rowsOf(cell)) {
  if (values.only !== undefined && row.name !== values.only) continue;
  const { findings } = await compareRow(row, cell, sides, ALLOWED[eras(cell)] ?? []).catch(error => {
    bad++;
    console.log(`${row.name}: ${String(error)}`);
    return { findings: [] };
  });
  bad += findings.length;
  for (const finding of findings) console.log(tell(finding));
}
console.log(bad === 0 ? `${eras(cell)}: nothing differs that may not` : `${bad} differences`);
process.exit(bad === 0 ? 0 : 1);
