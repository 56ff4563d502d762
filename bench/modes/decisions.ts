import type { ServerName, UserId } from '../../src/base/index.ts';
import { type Item, Policy } from '../../src/policy/index.ts';
import { manyRules } from '../many-rules.ts';
import { fixed } from '../measure.ts';
import type { Verdict } from '../verdict.ts';

const TOOLS = 2_000;
const SERVER = 'b' as ServerName;

/** What deciding costs by itself: all tools once, as a list is built, and then one of them again, as a call asks. */
export function decisions(): Verdict[] {
  const user = 'u' as UserId;
  const items = Array.from(
    { length: TOOLS },
    (_, at): Item => ({ kind: 'tool', name: `tool_${at}`, tier: 'destructive' }),
  );
  const rules = manyRules(user).map((rule, at) => ({ ...rule, id: String(at), createdAt: 0 }));
  const who = { user, role: 'user', groups: [] } as const;
  const timed = (work: () => void): number => {
    const from = performance.now();
    work();
    return performance.now() - from;
  };
  const policy = new Policy({ rules, switches: new Map() });
  const first = timed(() => void items.map(item => policy.rightsOf(who).permits(SERVER, item)));
  const rights = policy.rightsOf(who);
  const [item] = items;
  const times = 1_000_000;
  const again = timed(() => {
    for (let at = 0; at < times; at++) if (item) rights.permits(SERVER, item);
  });
  return [
    {
      what: `${TOOLS} tools by 1,000 rules, once`,
      value: `${fixed(first)} ms`,
      bar: '200 ms',
      isMet: first <= 200,
    },
    {
      what: 'a decision that was made before',
      value: `${fixed((again / times) * 1e6, 0)} ns`,
      bar: '1,000 ns',
      isMet: again / times <= 0.001,
    },
  ];
}
