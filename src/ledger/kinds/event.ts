import { type Clock, cut, printable, uuidv7 } from '../../base/index.ts';
import type { EventRow } from '../../store/index.ts';
import type { Coming } from '../writing/floods.ts';
import type { Mutable } from './entry.ts';

/** Every type of event that this build makes. */
export const EVENT_TYPES = [
  'unauthorized_access',
  'auth_failed',
  'invalid_token',
  'brute_force',
  'token_reuse',
  'oauth_refused',
  'rate_limited',
  'permission_denied',
  'suspicious_payload',
  'session_refused',
  'session_hijack',
  'origin_rejected',
  'name_collision',
  'definition_suspicious',
  'tool_changed',
  'ssrf_blocked',
  'elicitation_url',
  'elicitation_secret',
  'insecure_setting',
  'key_rotated',
  'token_refresh',
  'connected',
  'disconnected',
  'connect_refused',
  'connect_hijack',
  'server_health',
  'credential_expiry',
  'admin_action',
  'ledger_gap',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

export type SecurityEvent = {
  readonly type: EventType;
  readonly severity: EventRow['severity'];
  readonly principal?: string | undefined;
  readonly address?: string | undefined;
  readonly server?: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
  /** What a stranger wrote, shown of the first: whoever writes something else each time is still counted as one. */
  readonly sample?: Readonly<Record<string, string>> | undefined;
  /** The id that the person was shown; of those that are counted together the first one's. */
  readonly request?: string | undefined;
};

const SAMPLE_LENGTH = 200;

/** Of a sample what can be shown. */
export function shownSample({ sample = {} }: SecurityEvent): Readonly<Record<string, string>> {
  const shown = ([name, text]: [string, string]) => [
    name,
    cut(printable(cut(text, SAMPLE_LENGTH)), SAMPLE_LENGTH),
  ];
  return Object.fromEntries(Object.entries(sample).map(shown));
}

const OTHERS = { principal: undefined, address: undefined, server: undefined, detail: '{"others":true}' };

/**
 * The row of an event, and with what it is counted. Each type and severity has its room, and in it those of somebody
 * who is known: whatever strangers send cannot hide another event.
 */
export function rowOfEvent(event: SecurityEvent, clock: Clock): Coming<Mutable<EventRow>> {
  const { type, severity, principal, address, server, request } = event;
  const detail = JSON.stringify(event.detail);
  const told = JSON.stringify({ ...event.detail, ...shownSample(event), request });
  const at = clock.now();
  return {
    room: [type, severity, principal === undefined ? 'stranger' : 'known'].join(' '),
    key: [type, address ?? '', principal ?? '', server ?? '', detail].join(' '),
    make: () => ({ id: uuidv7(at), at, type, severity, principal, address, server, detail: told, count: 1 }),
    others: OTHERS,
  };
}
