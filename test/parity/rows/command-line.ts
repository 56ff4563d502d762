import { rows } from '../row.ts';

const FIRST = 'is the flag, then the environment, then the file, then the default';

export const commandLineRows = [
  ...rows(
    'cli',
    { issue: 1, test: 'prints JSON lines, and the setup link alone on stderr; SIGTERM ends it with 0' },
    ['start'],
  ),
  ...rows('cli', { issue: 1, test: 'authmcp-gateway alone starts' }, ['no subcommand']),
  ...rows('cli', { issue: 1, test: FIRST }, [
    'start --port',
    'start --host',
    'start --log-level (upper case too)',
  ]),
  ...rows('cli', { issue: 1, test: 'reads the file of --env-file below the environment' }, [
    'start --env-file',
  ]),
  ...rows('cli', { issue: 1, test: 'is taken up when it appears, is edited or is replaced' }, [
    'start --config',
  ]),
  ...rows(
    'cli',
    { issue: 1, retired: 'unknown option: in a checkout npm run dev starts again at each change' },
    ['start --reload'],
  ),
  ...rows('cli', { issue: 1, retired: 'binds to this machine until told otherwise' }, [
    'start binds to 0.0.0.0',
  ]),
  ...rows('cli', { issue: 1, test: 'init-db makes a database and may be repeated' }, ['init-db']),
  ...rows(
    'cli',
    { issue: 1, test: 'takes the folder of AUTH_SQLITE_PATH, and leaves a database of version 1 alone' },
    ['init-db --db-path', 'create-admin --db-path'],
  ),
  ...rows('cli', { issue: 1, test: 'T24 the last administrator stays' }, [
    'create-admin --username',
    'create-admin --email',
    'create-admin --password',
  ]),
  ...rows('cli', { issue: 1, test: 'create-admin asks on a terminal for what is not given' }, [
    'create-admin asks',
  ]),
  ...rows('cli', { issue: 1, test: 'version names version and Node, also for machines' }, ['version']),
  ...rows('cli', { issue: 1, test: 'help shows every command, and examples' }, ['--help']),
];
