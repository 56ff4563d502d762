import { actTexts } from '../fixtures/echo/acts.ts';
import { TOOL_TEXTS } from '../fixtures/echo/tools.ts';
import type { Allowed } from './cell.ts';

/** Where the tool whose output differs between the twins stands in their lists. */
const LISTED = TOOL_TEXTS.length + actTexts(2026).findIndex(text => text.includes('"structured_list"'));

const LISTS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
const CHANGES = ['a change of tools', 'a change of prompts', 'a change of resources'];
const NO_METHOD = ['a method that nobody knows', 'methods of the other era'];
const MISSING = ['an error of the protocol', 'resources/read of what is missing'];
/** Calls of which each request says who asks. */
const CALLS = [
  'a call with numbers and spellings that matter',
  'a call with an id in escapes, _meta and unknown members',
  'a call with id 0',
  'a name in mixed case',
  'a large answer',
  'the same call twice',
  'two calls at once',
  'an error of a tool',
  'an error of the protocol',
  'structured content',
  'a mirrored parameter',
  'progress',
  'progress under a number, while the call takes its time',
  'a call that is cancelled',
  'prompts/get',
  'resources/read',
  'resources/read of a template, in escapes',
  'resources/read of what is missing',
  'completion of a prompt',
  'completion of a resource',
];
/** Those that are answered in one message, with a result. */
const ANSWERED = CALLS.filter(
  row => !row.startsWith('progress') && row !== 'a call that is cancelled' && !MISSING.includes(row),
);
const ASKS = [
  'ask_form',
  'ask_url',
  'ask_sampling',
  'ask_roots',
  'ask_many',
  'ask_unknown_answer',
  'ask_rounds',
  'ask_form, declined',
  'ask_form, answered with what nobody expects',
  'a prompt that asks',
  'a resource that asks',
];
/** Questions of a server that needs no state of its own. */
const STATELESS_ASKS = ASKS.filter(row => !['ask_url', 'ask_many', 'ask_rounds'].includes(row));

const REQUEST_ID: Omit<Allowed, 'rows'> = {
  pointer: '/answer/error/data',
  spec: 'JSON-RPC 2.0 section 5.1: data holds "additional information"',
  why: 'a refusal of the gateway itself names the request in its log',
};
const OWN_WORDS: Omit<Allowed, 'rows'> = {
  pointer: '/answer/error/message',
  spec: 'JSON-RPC 2.0 section 5.1: the code is what counts',
  why: 'the gateway refuses it before any server hears of it, in its own words',
};
const OWN_FRAMING: Omit<Allowed, 'rows'> = {
  pointer: '/http/type',
  spec: 'basic/transports, "Sending Messages": the server returns either of the two types',
  why: 'what the gateway answers itself is one JSON text',
};
const OWN_ORDER: Omit<Allowed, 'rows'> = {
  pointer: '/answer/result',
  spec: 'RFC 8259 section 4: "an unordered collection"',
  why: 'the envelope of a list is the gateway’s own; its items are the server’s bytes',
};
const OWN_TTL: Omit<Allowed, 'rows'> = {
  pointer: '/answer/result/ttlMs',
  spec: '2026-07-28 server/utilities/caching',
  why: 'a server of 2025 says none; lists come from the catalogue, and changes are told besides',
};
const ASKER: Omit<Allowed, 'pointer'> = {
  rows: ['ask_url'],
  spec: '2025-11-25 client/elicitation, "Security": it must be clear which server asks',
  why: 'behind a gateway it is not the one that the client connected to',
};
const ASKED_OLD: Allowed = { ...ASKER, pointer: '/said/params/message' };
const ASKED_NEW: Allowed = {
  ...ASKER,
  pointer: '/answer/result/inputRequests/‹key 1›/params/message',
};
const HEADERS = 'headers that do not say what the body says';
const ENVELOPE = 'a request without its envelope';

const SAME_2025: readonly Allowed[] = [
  ASKED_OLD,
  {
    ...OWN_FRAMING,
    rows: [
      ...['initialize', 'ping', 'a level that is none', 'logs of a level', 'a task that nobody made'],
      ...['an update of a resource, of those that were asked for', ...NO_METHOD, ...LISTS, ...CHANGES],
    ],
  },
  { ...REQUEST_ID, rows: ['a level that is none', 'a task that nobody made', ...NO_METHOD] },
  { ...OWN_WORDS, rows: ['a level that is none'] },
  {
    pointer: '/answer/result/capabilities',
    rows: ['initialize'],
    spec: 'RFC 8259 section 4: "an unordered collection"',
    why: 'capabilities are the union of what stands behind an endpoint, in one order',
  },
];

const SAME_2026: readonly Allowed[] = [
  ASKED_NEW,
  { ...OWN_FRAMING, rows: ['server/discover', ...LISTS, ...CHANGES] },
  { ...REQUEST_ID, rows: [ENVELOPE, HEADERS, 'a task that nobody made', ...NO_METHOD] },
  { ...OWN_WORDS, rows: [ENVELOPE, HEADERS] },
  { ...OWN_ORDER, rows: ['server/discover', ...LISTS, ...CHANGES] },
  {
    pointer: '/answer/result/capabilities',
    rows: ['server/discover'],
    spec: 'RFC 8259 section 4: "an unordered collection"',
    why: 'capabilities are the union of what stands behind an endpoint, in one order',
  },
  {
    pointer: '/server',
    rows: [ENVELOPE],
    spec: '2026-07-28 basic, "_meta": a request without it MUST be refused',
    why: 'it is refused before it reaches the server',
  },
];

const OLD_BEFORE_NEW: readonly Allowed[] = [
  ASKED_OLD,
  {
    ...OWN_FRAMING,
    rows: [
      ...['initialize', 'ping', 'a level that is none', 'logs of a level'],
      ...['an update of a resource, of those that were asked for', ...NO_METHOD, ...LISTS, ...CHANGES],
      ...['notifications of the client', ...ANSWERED, ...MISSING],
    ],
  },
  { ...REQUEST_ID, rows: ['a level that is none', ...NO_METHOD] },
  { ...OWN_WORDS, rows: ['a level that is none'] },
  {
    pointer: '/server/params/_meta/io.modelcontextprotocol~1clientCapabilities/extensions',
    rows: [...CALLS, 'logs of a level', ...ASKS],
    spec: 'SEP-2663, "Backward Compatibility"',
    why: 'a client of 2025 does not know the extension, so that its calls end within themselves',
  },
  {
    pointer: '/server/params/_meta/io.modelcontextprotocol~1logLevel',
    rows: [...CALLS, ...ASKS],
    spec: '2025-11-25 server/utilities/logging: without a level "the server MAY decide"',
    why: 'a server of 2026 logs nothing unless each request says a level',
  },
  {
    pointer: '/order/1',
    rows: ['ask_url'],
    spec: '2026-07-28 client/elicitation, "URL Mode": nothing tells the client of the end',
    why: 'there is no notifications/elicitation/complete to pass on',
  },
  {
    pointer: '/order/2',
    rows: ['ask_url'],
    spec: '2026-07-28 client/elicitation, "URL Mode": nothing tells the client of the end',
    why: 'there is no notifications/elicitation/complete to pass on',
  },
  {
    pointer: '/said',
    rows: ['ask_url'],
    spec: '2026-07-28 client/elicitation, "URL Mode": nothing tells the client of the end',
    why: 'there is no notifications/elicitation/complete to pass on',
  },
  ...[
    '/answer/result/content/0/text',
    '/answer/result/structuredContent/answers/name/error',
    '/answer/result/structuredContent/answers/name/action',
  ].map(pointer => ({
    pointer,
    rows: ['ask_form, refused by an error'],
    spec: '2026-07-28 basic/patterns/mrtr: inputResponses hold results, no errors',
    why: 'an error of the client is said as `cancel`',
  })),
];

const NEW_BEFORE_OLD: readonly Allowed[] = [
  ASKED_NEW,
  {
    ...OWN_FRAMING,
    rows: [
      ...['server/discover', ...LISTS, ...CHANGES, ...ANSWERED, ...ASKS],
      'an update of a resource, of those that were asked for',
    ],
  },
  {
    ...REQUEST_ID,
    rows: [ENVELOPE, HEADERS, 'a level that is none, of one call', ...NO_METHOD],
  },
  { ...OWN_WORDS, rows: [ENVELOPE, HEADERS, 'a level that is none, of one call'] },
  { ...OWN_TTL, rows: ['server/discover', ...LISTS, ...CHANGES] },
  ...['type', 'items', 'properties', 'required'].map(name => ({
    pointer: `/answer/result/tools/${LISTED}/outputSchema/${name}`,
    rows: ['tools/list', 'a change of tools'],
    spec: '2025-11-25 server/tools, "Output Schema": an object; 2026-07-28: any schema',
    why: 'the older twin of this tool answers with an object',
  })),
  {
    pointer: '/answer/result/structuredContent',
    rows: ['structured content'],
    spec: '2025-11-25 server/tools, "Structured Content": an object; 2026-07-28: any value',
    why: 'the older twin of this tool answers with an object',
  },
  {
    pointer: '/answer/result/requestState',
    rows: STATELESS_ASKS,
    spec: '2026-07-28 basic/patterns/mrtr: requestState is the server’s to use or not',
    why: 'the call of the older server is parked, and the state names it',
  },
  ...[
    ['/answer/result/inputRequests/‹key 1›/params', 'ask_roots'],
    ['/answer/result/inputRequests/‹key 3›/params', 'ask_many'],
  ].map(([pointer = '', row = '']) => ({
    pointer,
    rows: [row],
    spec: '2026-07-28 schema, ListRootsRequest: params is optional',
    why: 'it held nothing',
  })),
];

/** What may differ, by the eras of client and server. At most 25 in each, and each is needed. */
export const ALLOWED: Readonly<Record<string, readonly Allowed[]>> = {
  '2025 → 2025': SAME_2025,
  '2026 → 2026': SAME_2026,
  '2025 → 2026': OLD_BEFORE_NEW,
  '2026 → 2025': NEW_BEFORE_OLD,
};
