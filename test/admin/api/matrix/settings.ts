import { CHANGE, PERSON, READ, type Row } from './cell.ts';

/** It says something of the dashboard alone. */
const PLAIN = { ui: { mcp_activity_window_seconds: 120 } };

export const settingsRows: readonly Row[] = [
  { operation: 'setup.state', ask: () => ({}), own: READ },
  { operation: 'settings.list', ask: () => ({}), own: READ },
  { operation: 'system.show', ask: () => ({}), own: READ },
  { operation: 'settings.replace', ask: () => ({ body: PLAIN }), own: CHANGE },
  {
    operation: 'settings.update', // Another value each time: what is so already needs no right.
    ask: ({ unique }) => ({ body: { 'dcr.unusedDays': 8 + Number(unique.slice(1)) } }),
    own: PERSON,
  },
];
