import { z } from 'zod';
import { Fault, uuidv7 } from '../../../base/index.ts';
import type { KeptView } from '../../../store/index.ts';
import { operation, wrong } from '../../api/operation.ts';
import { byId, isoTime, textField } from '../fields.ts';

const PATH = '/account/api/views';
const MOST = 50;

/** The pages whose filters stand in the address. */
const PAGES = [
  '/admin/activity',
  '/admin/security',
  '/admin/audit-log',
  '/admin/servers',
  '/admin/people',
  '/admin/clients',
];

/** One of these pages and nothing else: no other origin, no other spelling of a path, no fragment. */
function isOfPages(address: string): boolean {
  const [path = ''] = address.split('?', 1);
  const nowhere = 'http://pages.invalid';
  const read = URL.parse(address, nowhere);
  return PAGES.includes(path) && read?.origin === nowhere && read.pathname + read.search === address;
}

const viewName = textField(60)
  .transform(text => text.trim())
  .refine(text => text !== '', 'is empty');
const addressField = z
  .string()
  .max(2_000)
  .refine(isOfPages, `is not the address of one of these pages: ${PAGES.join(', ')}`);

const shown = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  made_at: z.string().nullable(),
});

const show = ({ id, name, address, madeAt }: KeptView) => ({ id, name, address, made_at: isoTime(madeAt) });
const none = () => new Fault('not_found', { says: 'You have no such view' });
const taken = (name: string) => {
  const says = `name: you have a view called ${name} already`;
  return new Fault('conflict', { says, data: { field: 'name' } });
};

/** Views of the pages that whoever is signed in gave a name. */
export const keptViewOperations = [
  operation({
    id: 'views.list',
    method: 'get',
    path: PATH,
    summary: 'Views of the pages that you named and kept',
    access: 'own',
    answer: z.array(shown),
    handle: async ({ store }, { actor }) => (await store.keptViews.list(actor.user.id)).map(show),
  }),
  operation({
    id: 'views.keep',
    method: 'post',
    path: PATH,
    summary: `Keep a page with its filters by a name; ${MOST} of them for each person`,
    access: 'own',
    body: z.strictObject({ name: viewName, address: addressField }),
    answer: shown,
    status: 201,
    handle: async ({ store, clock }, { actor, body }) => {
      const madeAt = clock.now();
      const view = { id: uuidv7(madeAt), userId: actor.user.id, madeAt, ...body };
      const outcome = await store.keptViews.add(view, MOST);
      if (outcome === 'name_taken') throw taken(body.name);
      if (outcome === 'too_many') throw wrong('name', `you keep ${MOST} views already; remove one first`);
      return show(view);
    },
  }),
  operation({
    id: 'views.rename',
    method: 'patch',
    path: `${PATH}/:id`,
    summary: 'Give one of your views another name',
    access: 'own',
    params: byId,
    body: z.strictObject({ name: viewName }),
    handle: async ({ store }, { actor, params, body }) => {
      const outcome = await store.keptViews.rename(actor.user.id, params.id, body.name);
      if (outcome === 'name_taken') throw taken(body.name);
      if (outcome === 'not_found') throw none();
    },
  }),
  operation({
    id: 'views.remove',
    method: 'delete',
    path: `${PATH}/:id`,
    summary: 'Keep one of your views no longer',
    access: 'own',
    params: byId,
    handle: async ({ store }, { actor, params }) => {
      if (!(await store.keptViews.remove(actor.user.id, params.id))) throw none();
    },
  }),
];
