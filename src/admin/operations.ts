import { z } from 'zod';
import { openApiOf } from './api/openapi.ts';
import { type Operation, operation } from './api/operation.ts';
import { catalogueOperation } from './operations/access/catalogue.ts';
import { explainOperation } from './operations/access/explaining.ts';
import { grantOperations } from './operations/access/grants.ts';
import { limitOperations } from './operations/access/limits.ts';
import { permissionOperations } from './operations/access/permissions.ts';
import { previewOperation } from './operations/access/preview.ts';
import { savingOperation } from './operations/access/saving.ts';
import { consentOperations } from './operations/account/consents.ts';
import { keptViewOperations } from './operations/account/kept-views.ts';
import { me } from './operations/account/me.ts';
import { ownConnectionOperations } from './operations/account/own-connections.ts';
import { ownKeyOperations } from './operations/account/own-keys.ts';
import { ownPasswordOperations } from './operations/account/own-password.ts';
import { ownSessionOperations } from './operations/account/own-sessions.ts';
import { playgroundToken } from './operations/account/playground.ts';
import { profileOperations } from './operations/account/profile.ts';
import { reachOperations } from './operations/account/reach.ts';
import { auditOperations } from './operations/auditor/audits.ts';
import { reportOperations } from './operations/auditor/reports.ts';
import { blockedAddressOperations } from './operations/blocked-addresses.ts';
import { connectionOperations } from './operations/connections/connections.ts';
import { firstSteps } from './operations/first-steps.ts';
import { activityList } from './operations/ledger/activity.ts';
import { auditLog } from './operations/ledger/audit-log.ts';
import { authLogOperations } from './operations/ledger/auth-log.ts';
import { cleanUpOperations } from './operations/ledger/clean-up.ts';
import { exportOperations } from './operations/ledger/exports.ts';
import { figuresSeries, figuresShown } from './operations/ledger/figures.ts';
import { liveFeed } from './operations/ledger/live.ts';
import { figuresMarks } from './operations/ledger/marks.ts';
import { securityEvents } from './operations/ledger/security-events.ts';
import { activitySummary } from './operations/ledger/summary.ts';
import { tryDetectors } from './operations/ledger/trying.ts';
import { versionOneOperations } from './operations/ledger/version-1.ts';
import { oauthClientOperations } from './operations/oauth-clients.ts';
import { consentsOfAllOperations } from './operations/people/consents.ts';
import { groupOperations } from './operations/people/groups.ts';
import { holdingsOperations } from './operations/people/holdings.ts';
import { inviteOperations } from './operations/people/invites.ts';
import { keyOperations } from './operations/people/keys.ts';
import { revokeOperation } from './operations/people/revoking.ts';
import { userRightsOperations } from './operations/people/user-rights.ts';
import { userSessionOperations } from './operations/people/user-sessions.ts';
import { userOperations } from './operations/people/users.ts';
import { toolsFound } from './operations/servers/finding.ts';
import { healthOperation } from './operations/servers/health.ts';
import { importOperation } from './operations/servers/importing.ts';
import { logOperation } from './operations/servers/log.ts';
import { lookingOperations } from './operations/servers/looking.ts';
import { mappingOperations } from './operations/servers/mappings.ts';
import { serverOperations } from './operations/servers/servers.ts';
import { toolOperations } from './operations/servers/tools.ts';
import { retentionShown } from './operations/settings/retention.ts';
import { settingsOperations } from './operations/settings/settings.ts';
import { systemOperation } from './operations/settings/system.ts';

const OF_SERVERS: readonly Operation[] = [
  // Before the servers: /token-statuses is no server's id.
  ...ownConnectionOperations,
  ...connectionOperations,
  ...serverOperations,
  healthOperation,
  logOperation,
  ...lookingOperations,
  ...toolOperations,
  toolsFound,
  ...mappingOperations,
  importOperation,
];

/** Who there is, what they hold, and what they may use. */
const OF_PEOPLE: readonly Operation[] = [
  ...userOperations,
  ...userRightsOperations,
  ...userSessionOperations,
  ...holdingsOperations,
  revokeOperation,
  ...consentsOfAllOperations,
  ...groupOperations,
  ...keyOperations,
  ...inviteOperations,
  ...grantOperations,
  previewOperation,
  savingOperation,
  catalogueOperation,
  ...permissionOperations,
  explainOperation,
  ...limitOperations,
];

/** Everything that the API can do, its own description among it. */
export function operationsOf(version: string): readonly Operation[] {
  const all: Operation[] = [
    me,
    ...profileOperations,
    ...consentOperations,
    ...reachOperations,
    firstSteps,
    ...ownPasswordOperations,
    ...ownSessionOperations,
    ...ownKeyOperations,
    ...keptViewOperations,
    playgroundToken,
    ...OF_SERVERS,
    ...OF_PEOPLE,
    ...settingsOperations,
    systemOperation(version),
    ...oauthClientOperations,
    activityList,
    activitySummary,
    liveFeed,
    ...exportOperations,
    auditLog,
    ...authLogOperations,
    ...cleanUpOperations,
    retentionShown,
    securityEvents,
    ...blockedAddressOperations,
    tryDetectors,
    figuresShown,
    figuresSeries,
    figuresMarks,
    ...auditOperations,
    ...reportOperations(version),
    ...versionOneOperations,
  ];
  const document: Operation = operation({
    id: 'api.describe',
    method: 'get',
    path: '/admin/api/openapi.json',
    summary: 'This document',
    access: 'read',
    answer: z.looseObject({}),
    handle: async () => ({ ...openApiOf([...all, document], version) }),
  });
  return [...all, document];
}
