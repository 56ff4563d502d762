import type { ServerName } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';

/** Which tools of a server somebody switched, what becomes of the others, and what else is kept from everybody; milliseconds since the epoch. */
export async function describeSwitches({ access }: Pick<Store, 'access'>, server: ServerName) {
  const found = (await access.listSwitches()).find(one => one.server === server);
  return {
    server,
    new_tools: found?.newTools ?? ('on' as const),
    seen_at: found?.seenAt ?? null,
    seen_by: found?.seenBy ?? null,
    tools: Object.fromEntries(found?.named ?? []),
    withheld: { prompts: [...(found?.prompts ?? [])], instructions: found?.isSilent ?? false },
  };
}
