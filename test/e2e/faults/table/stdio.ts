import type { Table } from '../kinds.ts';
import { NO_EVENTS, NO_HEADS, NOTHING_ASKED } from './reasons.ts';

const noHeads = {
  'wrong-type': NO_HEADS,
  'status-500': NO_HEADS,
  'status-404': NO_HEADS,
  'status-401': NO_HEADS,
} as const;

const none = (why: typeof NO_HEADS | typeof NO_EVENTS) =>
  ({
    ...noHeads,
    killed: why,
    silence: why,
    garbage: why,
    huge: why,
    'wrong-id': why,
    twice: why,
    'other-id': why,
    'endless-progress': why,
    stopped: why,
  }) as const;

/** The body is a line. */
export const stdio: Table = {
  before: {
    killed: '1008 ran',
    silence: '1002 ran',
    garbage: '1002 ran',
    huge: '1009 ran',
    'wrong-id': '1002 ran',
    twice: 'answers',
    'other-id': '1002 ran',
    'endless-progress': 'until cancelled',
    stopped: '1002 ran',
    ...noHeads,
  },
  'mid-headers': none(NO_HEADS),
  'mid-body': {
    killed: '1008 ran',
    silence: '1002 ran',
    // The line that it spoils is thrown away.
    garbage: '1002 ran',
    huge: '1009 ran',
    'wrong-id': '1002 ran',
    twice: 'answers',
    'other-id': '1002 ran',
    'endless-progress': 'until cancelled',
    stopped: '1002 ran',
    ...noHeads,
  },
  'mid-frame': none(NO_EVENTS),
  parked: {
    killed: '1008 ran',
    silence: '1002 ran',
    garbage: '1002 ran',
    huge: '1009 ran',
    'wrong-id': '1002 ran',
    twice: 'answers',
    'other-id': '1002 ran',
    'endless-progress': 'until cancelled',
    stopped: '1002 ran',
    ...noHeads,
  },
  listening: {
    killed: 'hears',
    silence: 'hears',
    garbage: 'hears',
    huge: 'hears',
    'wrong-id': 'hears',
    twice: NOTHING_ASKED,
    'other-id': 'hears',
    'endless-progress': 'hears',
    stopped: 'hears',
    ...noHeads,
  },
};
