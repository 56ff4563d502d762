import { m0001 } from './m0001-gateway.ts';
import { m0002 } from './m0002-ledger.ts';
import { m0003 } from './m0003-stateful.ts';
import { m0004 } from './m0004-retired-keys.ts';
import { m0005 } from './m0005-oauth.ts';
import { m0006 } from './m0006-people.ts';
import { m0007 } from './m0007-grants.ts';
import { m0008 } from './m0008-connections.ts';
import { m0009 } from './m0009-people.ts';
import { m0015 } from './m0015-servers.ts';
import { m0016 } from './m0016-data-keys.ts';
import { m0020, m0021, m0040, m0074 } from './m0020-ledger.ts';
import { m0030, m0060, m0070, m0071, m0072, m0073 } from './m0030-and-later.ts';
import type { Migration } from './migration.ts';

/** In the order of their application; one that was released never changes. */
export const migrations: readonly Migration[] = [
  m0001,
  m0002,
  m0003,
  m0004,
  m0005,
  m0006,
  m0007,
  m0008,
  m0009,
  m0015,
  m0016,
  m0020,
  m0021,
  m0030,
  m0040,
  m0060,
  m0070,
  m0071,
  m0072,
  m0073,
  m0074,
];
