/** What kind of thing a method is about; also the kinds of which the catalogue keeps lists. */
export type TargetKind = 'tool' | 'prompt' | 'resource';

export type ListName = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/**
 * `here`: the gateway answers · `list`: from the catalogue · `one`: relayed to the server that owns the target ·
 * `subscription`: kept for the client's session · `sessions`: to the client's own sessions with servers · `listen`: a
 * long-lived stream · `task`: to the server that runs the task · `tasks`: from what this person made here · `named`: as
 * the call of the tool that the method names.
 */
export type MethodRow = {
  readonly eras: 'both' | 'legacy' | 'modern';
  readonly is: 'request' | 'notification';
  readonly goes:
    | 'here'
    | 'list'
    | 'one'
    | 'subscription'
    | 'sessions'
    | 'listen'
    | 'task'
    | 'tasks'
    | 'named';
  readonly kind?: TargetKind;
  /** The member of `params` that names the target. */
  readonly by?: 'name' | 'uri' | 'ref' | 'taskId';
  readonly list?: ListName;
  /** The server's capability without which it is not asked. */
  readonly needs?: 'tools' | 'prompts' | 'resources' | 'completions' | 'logging';
  /** Answered when something else has ended, however long that takes. */
  readonly isPatient?: boolean;
};

/** Everything that differs between methods. What an era lacks is absent for it, and so answers "method not found". */
export const METHODS: ReadonlyMap<string, MethodRow> = new Map<string, MethodRow>([
  ['initialize', { eras: 'legacy', is: 'request', goes: 'here' }],
  ['server/discover', { eras: 'modern', is: 'request', goes: 'here' }],
  ['ping', { eras: 'legacy', is: 'request', goes: 'here' }],
  ['tools/list', { eras: 'both', is: 'request', goes: 'list', list: 'tools' }],
  ['prompts/list', { eras: 'both', is: 'request', goes: 'list', list: 'prompts' }],
  ['resources/list', { eras: 'both', is: 'request', goes: 'list', list: 'resources' }],
  ['resources/templates/list', { eras: 'both', is: 'request', goes: 'list', list: 'resourceTemplates' }],
  ['tools/call', { eras: 'both', is: 'request', goes: 'one', kind: 'tool', by: 'name', needs: 'tools' }],
  ['prompts/get', { eras: 'both', is: 'request', goes: 'one', kind: 'prompt', by: 'name', needs: 'prompts' }],
  [
    'resources/read',
    { eras: 'both', is: 'request', goes: 'one', kind: 'resource', by: 'uri', needs: 'resources' },
  ],
  ['completion/complete', { eras: 'both', is: 'request', goes: 'one', by: 'ref', needs: 'completions' }],
  [
    'resources/subscribe',
    { eras: 'legacy', is: 'request', goes: 'subscription', kind: 'resource', by: 'uri', needs: 'resources' },
  ],
  [
    'resources/unsubscribe',
    { eras: 'legacy', is: 'request', goes: 'subscription', kind: 'resource', by: 'uri', needs: 'resources' },
  ],
  ['logging/setLevel', { eras: 'legacy', is: 'request', goes: 'sessions', needs: 'logging' }],
  ['tasks/get', { eras: 'both', is: 'request', goes: 'task', by: 'taskId' }],
  ['tasks/cancel', { eras: 'both', is: 'request', goes: 'task', by: 'taskId' }],
  ['tasks/update', { eras: 'modern', is: 'request', goes: 'task', by: 'taskId' }],
  ['tasks/result', { eras: 'legacy', is: 'request', goes: 'task', by: 'taskId', isPatient: true }],
  ['tasks/list', { eras: 'legacy', is: 'request', goes: 'tasks' }],
  ['subscriptions/listen', { eras: 'modern', is: 'request', goes: 'listen' }],
  ['notifications/initialized', { eras: 'legacy', is: 'notification', goes: 'here' }],
  ['notifications/cancelled', { eras: 'legacy', is: 'notification', goes: 'sessions' }],
  ['notifications/progress', { eras: 'legacy', is: 'notification', goes: 'sessions' }],
  ['notifications/roots/list_changed', { eras: 'legacy', is: 'notification', goes: 'sessions' }],
]);

/** The levels of `logging/setLevel` and of `_meta` (RFC 5424 section 6.2.1), mildest first. */
export const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** What a server says when a list of its has changed, and which list that is. */
export const LIST_CHANGED: ReadonlyMap<string, ListName> = new Map<string, ListName>([
  ['notifications/tools/list_changed', 'tools'],
  ['notifications/prompts/list_changed', 'prompts'],
  ['notifications/resources/list_changed', 'resources'],
]);
