// npm run docs: writes the documents that are made from tables of the source. --check: fails when one of them is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clients, renderClientsDoc } from '../src/admin/index.ts';
import { renderConfigurationDoc, renderEnvExample } from '../src/config/index.ts';
import { renderContract } from './contract.ts';

const MADE: Readonly<Record<string, string>> = {
  'docs/configuration.md': renderConfigurationDoc(),
  'docs/clients.md': renderClientsDoc(clients),
  '.env.example': renderEnvExample(),
  'ui/api/contract.ts': renderContract(),
};

const isCheck = process.argv.includes('--check');
let isCurrent = true;
for (const [name, text] of Object.entries(MADE)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  if (isCheck) {
    isCurrent = false;
    console.log(`${name} is out of date. Run: npm run docs`);
  } else {
    await writeFile(path, text);
    console.log(`${name} written`);
  }
}
process.exitCode = isCurrent ? 0 : 1;
