import type { UserId } from '../base/index.ts';
import { rightsIn, type Snapshot } from '../live/index.ts';
import type { ServerEntry } from '../mcp/index.ts';

/** The servers of which this person may use anything. */
export function permittedServers(snapshot: Snapshot, user: UserId): readonly ServerEntry[] {
  const rights = rightsIn(snapshot, user);
  return [...snapshot.servers.values()].filter(({ name }) => rights.reaches(name));
}
