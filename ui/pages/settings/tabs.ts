/** Where a setting stands, by how its key begins; what fits nowhere is general. */
export const TABS = [
  { id: 'general', title: 'General', starts: [] },
  { id: 'limits', title: 'Limits', starts: ['rateLimit.', 'limits.', 'pageSize', 'stdio.', 'detectors.'] },
  {
    ...{ id: 'sign-in', title: 'Sign-in' },
    starts: [
      'passwordPolicy.',
      'browserSession.',
      'session.',
      'system.allowRegistration',
      'system.authRequired',
      'admin.',
    ],
  },
  {
    ...{ id: 'oauth', title: 'OAuth' },
    starts: ['jwt.', 'dcr.', 'system.allowDcr', 'system.cimd', 'tokenRefresh.', 'upstream.clientMetadataUrl'],
  },
  { id: 'retention', title: 'Retention', starts: ['ledger.', 'otel.'] },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly starts: readonly string[];
}[];

export function tabOf(key: string): string {
  return TABS.find(({ starts }) => starts.some(start => key.startsWith(start)))?.id ?? 'general';
}
