import { inFile, type Mutant } from '../mutant.ts';

const meanwhile = inFile('src/admin/api/meanwhile.ts', 'test/admin/api/meanwhile.test.ts');
const operation = inFile('src/admin/api/operation.ts', 'test/admin/api/meanwhile.test.ts');
const turns = inFile('src/admin/api/turns.ts', 'test/admin/api/meanwhile.test.ts');
const stored = inFile('src/config/stored/stored-settings.ts', 'test/admin/settings/server-timeout.test.ts');
const views = inFile(
  'src/admin/operations/account/kept-views.ts',
  'test/admin/api/people/kept-views.test.ts',
);

/** Of changes by several people at once, and of what each keeps for themselves. */
export const CHANGE_MUTANTS: readonly Mutant[] = [
  meanwhile(
    '!isSame(was[name], now.fields[name]) && !isSame(wanted[name], now.fields[name])',
    'false',
    'the last one who saves wins, and nobody hears of it',
  ),
  meanwhile(
    ' && !isSame(wanted[name], now.fields[name])',
    '',
    'two who want the same stand in each other’s way',
  ),
  meanwhile(
    "  if (unknown !== undefined) throw wrong(`was.${unknown}`, 'there is no such field');\n",
    '',
    'what nobody knows is compared with nothing',
  ),
  operation(
    'await (turn ? kit.inTurn(turn(asked), change) : change())',
    'await change()',
    'two at once both win',
  ),
  turns('(last.get(of) ?? Promise.resolve()).then(run, run)', 'run()', 'nobody waits for a turn'),
  stored(
    'sources.has(TIMEOUT) ? config.serversWithin(settings[TIMEOUT] as number) : config.servers',
    'config.servers',
    'a chosen timeout reaches no server of the file',
  ),
  views('PAGES.includes(path) && ', '', 'a view may lead anywhere'),
];
