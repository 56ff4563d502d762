import { type Cell, CHANGE, CREATE, READ, type Row, statuses } from './cell.ts';

const subjectOf = ({ whose }: Cell) => `user:${whose.name}`;

/** A rule about whose it is. */
async function ruleOf({ callers, whose }: Cell) {
  const subject = { kind: 'user', id: whose.id } as const;
  const rest = { note: undefined, tier: undefined, createdBy: 'test' };
  const made = await callers.store.access.addRule(
    { ...rest, subject, effect: 'allow', server: '*', kind: 'tool', pattern: 'x' },
    1,
  );
  if (typeof made === 'string') throw new Error(made);
  await callers.refresh();
  return made;
}

/** A server that everybody's rule may be about. */
async function serverOf({ callers, unique }: Cell): Promise<string> {
  await callers.ask('admin', 'POST /admin/api/mcp-servers', { name: unique, url: 'http://127.0.0.1:9/mcp' });
  return unique;
}

/** About an administrator a person decides: no key does. */
const PERSON_IF_OWN = statuses(401, 403, 403, 200, 401, 403, 403, 403);
const CREATED_IF_OWN = statuses(401, 403, 403, 201, 401, 403, 403, 403);

export const accessRows: readonly Row[] = [
  { operation: 'grants.list', ask: () => ({}), own: READ },
  {
    operation: 'grants.create',
    ask: cell => ({ body: { subject: subjectOf(cell), server: '*', kind: 'tool', pattern: 'y' } }),
    own: CREATED_IF_OWN,
    other: CREATE,
  },
  {
    operation: 'grants.save',
    ask: async cell => ({
      body: {
        add: [{ subject: subjectOf(cell), server: '*', kind: 'tool', pattern: 'z' }],
        remove: [(await ruleOf(cell)).id],
      },
    }),
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
  {
    operation: 'grants.update',
    ask: async cell => ({ params: { id: (await ruleOf(cell)).id }, body: { note: 'n' } }),
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
  {
    operation: 'grants.remove',
    ask: async cell => ({ params: { id: (await ruleOf(cell)).id } }),
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
  {
    operation: 'users.mcp-permissions',
    ask: ({ whose }) => ({ params: { id: whose.id } }),
    own: READ,
    other: READ,
  },
  {
    operation: 'users.set-mcp-permission',
    ask: async cell => ({
      params: { id: cell.whose.id },
      body: { server_id: await serverOf(cell), can_access: true },
    }),
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
  {
    operation: 'explain',
    ask: async cell => ({ query: `?user=${cell.whose.name}&server=${await serverOf(cell)}&tool=x` }),
    own: READ,
    other: READ,
  },
  {
    operation: 'grants.preview',
    ask: cell => ({ body: { add: [{ subject: subjectOf(cell), server: '*' }] } }),
    own: READ,
    other: READ,
  },
  {
    operation: 'users.catalogue',
    ask: ({ whose }) => ({ params: { id: whose.id } }),
    own: READ,
    other: READ,
  },
  { operation: 'limits.list', ask: () => ({}), own: READ },
  {
    operation: 'limits.put',
    ask: cell => ({ body: { subject: subjectOf(cell), requests: 5 } }),
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
  {
    operation: 'limits.remove',
    ask: async cell => {
      const nothing = { concurrent: undefined, bytesIn: undefined, bytesOut: undefined, windowS: undefined };
      const subject = { kind: 'user', id: cell.whose.id } as const;
      await cell.callers.store.access.putLimit({
        ...{ ...nothing, subject, requests: 5, changedAt: 1, changedBy: 'test' },
      });
      return { query: `?subject=${encodeURIComponent(subjectOf(cell))}` };
    },
    own: PERSON_IF_OWN,
    other: CHANGE,
  },
];
