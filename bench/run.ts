// node bench/run.ts [cpu|bridged|rules|latency|idle|streams|large|list|start|logins|ledger|pages|all] [--rounds 7] [--seconds 4] [--fail-above 2.0] [--only 'open']
// Prints tables and ends with 1 where a bar is missed. `--dir` keeps the ledger that was filled there, to be measured again. `--rig` measures the floor against itself, without a gateway.
import { parseArgs } from 'node:util';
import { bridged, cpu, ruled } from './modes/cpu.ts';
import { latency } from './modes/latency.ts';
import { ledger } from './modes/ledger.ts';
import { list } from './modes/list.ts';
import { idle, large, streams } from './modes/memory.ts';
import { pages } from './modes/pages.ts';
import { logins, start } from './modes/start.ts';
import { printVerdicts, type Verdict } from './verdict.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '4' },
    'fail-above': { type: 'string', default: '2.0' },
    sessions: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '5000' },
    rows: { type: 'string', default: '1000000' },
    dir: { type: 'string' },
    only: { type: 'string', default: '' },
    rig: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const isRigTest = values.rig;

const MODES: Readonly<Record<string, () => Promise<Verdict[]>>> = {
  cpu: () =>
    cpu({ rounds: Number(values.rounds), seconds, failAbove: Number(values['fail-above']), isRigTest }),
  bridged: () => bridged({ rounds: Number(values.rounds), seconds, failAbove: 4, isRigTest }),
  rules: () =>
    ruled({ rounds: Number(values.rounds), seconds, failAbove: Number(values['fail-above']), isRigTest }),
  latency: () => latency({ seconds, isRigTest }),
  idle: () => idle(Number(values.sessions)),
  streams: () => streams(Number(values.streams)),
  large,
  list: () => list({ seconds }),
  start,
  logins,
  ledger: () => ledger(Number(values.rows), values.dir),
  pages: () => pages(values.only),
};

const [wanted = 'cpu'] = positionals;
const names = wanted === 'all' ? Object.keys(MODES) : [wanted];
const unknown = names.find(name => MODES[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no mode ${unknown}. Modes: ${Object.keys(MODES).join(', ')}, all.`);
  process.exit(2);
}

const verdicts: Verdict[] = [];
for (const name of names) verdicts.push(...((await MODES[name]?.()) ?? []));
printVerdicts(verdicts);
process.exit(verdicts.every(({ isMet }) => isMet) ? 0 : 1);
