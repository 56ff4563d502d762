// Every package that ships, installed or in the bundle, must be under a licence that allows it. No network.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, bundledPackages, ROOT } from './bundle.ts';
import { bundleUi } from './ui.ts';

const ALLOWED =
  /^(MIT|MIT-0|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)$/;

type Locked = {
  readonly dev?: boolean;
  /** A folder of this checkout, such as scripts/command. */
  readonly link?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
};

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  await readFile(join(ROOT, 'package-lock.json'), 'utf8'),
);
const bundled = new Set(bundledPackages(await bundle('', false), await bundleUi()));
const installed = Object.entries(lock.packages).filter(
  ([name, { dev, link }]) => name !== '' && dev !== true && link !== true,
);
const inside = Object.entries(lock.packages).filter(([name]) => bundled.has(name));
const shipped = [...installed, ...inside];

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

if (inside.length !== bundled.size)
  refused.push('the bundle holds a package that the lock file does not name');
for (const line of [...refused, ...scripted]) console.log(line);
console.log(`${inside.length} packages are bundled, ${installed.length} installed on some system`);
process.exit(refused.length + scripted.length === 0 ? 0 : 1);
