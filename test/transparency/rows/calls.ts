import { BOTH, call, type Row, tool } from './row.ts';

/** Numbers, spellings and members that a parser would lose. */
const ODD =
  '{ "n":1187563421998473216,"x":1.10, "e":1e400,"z":-0,"s":"\\u00e9\\/✓ \\ud83d\\ude00","deep":[[],{},[1.0]],"":null}';

export const CALLS: readonly Row[] = [
  { name: 'a call with numbers and spellings that matter', eras: BOTH, play: call('echo', ODD) },
  {
    name: 'a call with an id in escapes, _meta and unknown members',
    eras: BOTH,
    play: client =>
      client.call('tools/call', `${tool('echo', '{"a":1}')}, "x-unknown":[1.0]`, {
        id: '"r\\u002d1"',
        meta: '"example.org/trace":{"n":1.10},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"',
      }),
  },
  { name: 'a call with id 0', eras: BOTH, play: call('echo', '{}', { id: '0' }) },
  { name: 'a name in mixed case', eras: BOTH, play: call('Mixed_Case') },
  { name: 'a large answer', eras: BOTH, play: call('large', '{"bytes":300000}') },
  {
    name: 'the same call twice',
    eras: BOTH,
    play: async client => {
      await call('read', '{"k":1}')(client);
      await call('read', '{"k":1}')(client);
    },
  },
  {
    name: 'two calls at once',
    eras: BOTH,
    play: async client => {
      await Promise.all([
        call('slow', '{"ms":120}', { id: '"first"' })(client),
        call('slow', '{"ms":60}', { id: '"second"' })(client),
      ]);
      client.exchanges.sort((a, b) => String(a.answer).localeCompare(String(b.answer)));
    },
  },
  { name: 'an error of a tool', eras: BOTH, play: call('error_result') },
  { name: 'an error of the protocol', eras: BOTH, play: call('protocol_error') },
  { name: 'structured content', eras: BOTH, play: call('structured_list') },
  {
    name: 'a mirrored parameter',
    eras: BOTH,
    play: client =>
      call('mirrored', '{"region":"eu-1"}', {
        ...(client.era === '2026' && { headers: { 'mcp-param-region': 'eu-1' } }),
      })(client),
  },
  {
    name: 'progress',
    eras: BOTH,
    needsStream: true,
    play: call('progress', '{"n":3}', { meta: '"progressToken":"tokén"' }),
  },
  {
    name: 'progress under a number, while the call takes its time',
    eras: BOTH,
    needsStream: true,
    play: call('slow', '{"ms":90}', { meta: '"progressToken":7' }),
  },
  {
    name: 'logs of a level',
    eras: BOTH,
    needsStream: true,
    play: async client => {
      if (client.era === '2025') await client.call('logging/setLevel', '"level":"warning"');
      await call('log_levels', '{}', {
        ...(client.era === '2026' && { meta: '"io.modelcontextprotocol/logLevel":"warning"' }),
      })(client);
    },
  },
  {
    name: 'a call that is cancelled',
    eras: BOTH,
    arrives: ['tools/call', '(cancelled)'],
    play: async client => {
      // A client that was just spawned takes its time.
      await call('echo')(client);
      const cut = new AbortController();
      const asked = call('slow', '{"ms":3000}', {
        id: '77',
        signal: cut.signal,
        meta: '"progressToken":1',
      })(client).catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 300));
      if (client.era === '2025')
        await client.notify('notifications/cancelled', '"requestId":77,"reason":"enough"');
      cut.abort();
      await asked;
      // What this side saw of a call that it left is a matter of time.
      client.exchanges.splice(0);
      await new Promise(resolve => setTimeout(resolve, 300));
    },
  },
];
