import type { ServerName } from '../../base/index.ts';
import type { Definition } from '../definition.ts';
import { examine, type Others, type Suspicion } from './suspicions.ts';

/** By the name of the tool; what has no marks is not in it. */
export type Suspicions = ReadonlyMap<string, readonly Suspicion[]>;

type Asked = { readonly tools: readonly Definition[]; readonly others: Others };

/** What was found in the tools of each server, as long as nobody offers anything else. */
export class Examined {
  readonly #found = new Map<ServerName, { readonly version: number; readonly marks: Suspicions }>();

  of(server: ServerName, version: number, ask: () => Asked): Suspicions {
    const known = this.#found.get(server);
    if (known?.version === version) return known.marks;
    const { tools, others } = ask();
    const marks = new Map(
      tools.flatMap(tool => {
        const found = examine(tool, others);
        return found.length > 0 ? [[tool.key, found] as const] : [];
      }),
    );
    this.#found.set(server, { version, marks });
    return marks;
  }
}
