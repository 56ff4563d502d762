// Every package that ships must be under a licence that allows it. Reads the lock file: no network.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ALLOWED =
  /^(MIT|MIT-0|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)$/;

type Locked = { readonly dev?: boolean; readonly license?: string; readonly hasInstallScript?: boolean };

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  await readFile(path, 'utf8'),
);
const shipped = Object.entries(lock.packages).filter(([name, { dev }]) => name !== '' && dev !== true);

const isAllowed = (licence: string | undefined) =>
  licence
    ?.replace(/[()]/g, '')
    .split(' OR ')
    .some(one => ALLOWED.test(one)) ?? false;

const refused = shipped
  .filter(([, { license }]) => !isAllowed(license))
  .map(([name, { license }]) => `${name} is under ${license ?? 'no licence'}`);
const scripted = shipped
  .filter(([, { hasInstallScript }]) => hasInstallScript === true)
  .map(([name]) => `${name} runs a script when it is installed`);

for (const line of [...refused, ...scripted]) console.log(line);
console.log(`${shipped.length} packages ship`);
process.exit(refused.length + scripted.length === 0 ? 0 : 1);
