import { inFile, type Mutant } from './mutant.ts';

const ids = inFile('src/proxy/tasks/task-ids.ts', 'test/e2e/tasks/tasks.test.ts');
const tasks = inFile('src/proxy/tasks/tasks.ts', 'test/e2e/tasks/tasks.test.ts');
const rewrite = inFile('src/proxy/tasks/rewrite.ts', 'test/e2e/tasks/tasks.test.ts');
const follow = inFile('src/proxy/tasks/follow-tasks.ts', 'test/e2e/tasks/tasks.test.ts');
const catalogue = inFile('src/catalogue/catalogue.ts', 'test/transparency/transparency.test.ts');

/** Of tasks: whose they are, and what is told of them. */
export const TASK_MUTANTS: readonly Mutant[] = [
  ids('{caller.principal} ', "{''} ", 'a task is of everybody who knows its id'),
  ids('{placeKey(place)}', "{''}", 'a task is of every endpoint'),
  tasks(
    'return ref && entry?.enabled && permits(owner.caller, entry.name, itemOfTask(ref)) ? ref : undefined;',
    'return ref;',
    'a task outlives the right to its server',
  ),
  tasks('if (!tasks.isKnown(owner, ref)) return undefined;', '', 'everybody hears of every task'),
  tasks(
    "if (profile.era !== 'modern' || canUseTasks(profile)) return;",
    'return;',
    'tasks are for those who did not declare them',
  ),
  rewrite(
    'splices.push({ ...range, text: JSON.stringify(name) });',
    '',
    'the server’s own id of a task is told',
  ),
  follow('splices.push({ ...stamp, text: idText });', '', 'a task is told of under the id of another listen'),
  catalogue(
    'for (const list of await this.#read(upstream, profile)) changed.add(list);',
    'this.#tell({ server: upstream.entry.name, lists: await this.#read(upstream, profile) });',
    'a client hears of a change before its own list was read',
  ),
];
