import { BOTH, call, type Row } from './row.ts';

export const SESSION: readonly Row[] = [
  { name: 'initialize', eras: ['2025'], arrives: [], play: async () => {} },
  {
    name: 'server/discover',
    eras: ['2026'],
    arrives: [],
    play: client => client.call('server/discover', ''),
  },
  { name: 'ping', eras: ['2025'], arrives: [], play: client => client.call('ping', '') },
  {
    name: 'a level that is none',
    eras: ['2025'],
    arrives: [],
    play: client => client.call('logging/setLevel', '"level":"loud"'),
  },
  {
    name: 'a level that is none, of one call',
    eras: ['2026'],
    arrives: [],
    play: call('log_levels', '{}', { meta: '"io.modelcontextprotocol/logLevel":"loud"' }),
  },
  {
    name: 'a method that nobody knows',
    eras: BOTH,
    arrives: [],
    play: client => client.call('example/unknown', ''),
  },
  {
    name: 'methods of the other era',
    eras: BOTH,
    arrives: [],
    play: async client => {
      const others =
        client.era === '2026'
          ? ['ping', 'logging/setLevel', 'resources/subscribe', 'tasks/result', 'tasks/list']
          : ['server/discover', 'subscriptions/listen', 'tasks/update'];
      for (const method of others)
        await client.call(method, '"level":"info","uri":"echo://one","taskId":"x"');
    },
  },
  {
    name: 'a request without its envelope',
    eras: ['2026'],
    arrives: ['tools/call'],
    play: call('echo', '{}', { isBare: true }),
  },
  {
    name: 'headers that do not say what the body says',
    eras: ['2026'],
    arrives: [],
    play: async client => {
      await call('echo', '{}', { headers: { 'mcp-name': 'other' } })(client);
      await call('echo', '{}', { headers: { 'mcp-method': 'tools/list' } })(client);
      await call('mirrored', '{"region":"eu"}', { headers: { 'mcp-param-region': 'us' } })(client);
    },
  },
  {
    name: 'notifications of the client',
    eras: ['2025'],
    arrives: ['notifications/roots/list_changed'],
    play: async client => {
      await call('echo')(client);
      await client.notify('notifications/roots/list_changed', '');
      await new Promise(resolve => setTimeout(resolve, 100));
    },
  },
  {
    name: 'the end of the session',
    eras: ['2025'],
    arrives: [],
    play: client => client.end(),
  },
];
