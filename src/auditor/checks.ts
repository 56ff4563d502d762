import type { Check } from './check.ts';
import { AUTHORIZATION_CHECKS } from './checks/authorization.ts';
import { DEFINITION_CHECKS } from './checks/definitions.ts';
import { EXPOSURE_CHECKS } from './checks/exposure.ts';
import { LIMIT_CHECKS } from './checks/limits.ts';
import { METADATA_CHECKS } from './checks/metadata.ts';
import { PROTOCOL_CHECKS } from './checks/protocol.ts';
import { SESSION_CHECKS } from './checks/session.ts';
import { TRANSPORT_CHECKS } from './checks/transport.ts';

/** Everything that is looked at, in this order: what may shut the auditor out stands last. */
export const CHECKS: readonly Check[] = [
  ...TRANSPORT_CHECKS,
  ...AUTHORIZATION_CHECKS,
  ...METADATA_CHECKS,
  ...DEFINITION_CHECKS,
  ...EXPOSURE_CHECKS,
  ...SESSION_CHECKS,
  ...PROTOCOL_CHECKS,
  ...LIMIT_CHECKS,
];
