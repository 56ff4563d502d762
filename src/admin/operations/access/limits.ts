import { z } from 'zod';
import { Fault, printable, type ServerName } from '../../../base/index.ts';
import type { Limit, LimitSubject } from '../../../store/index.ts';
import { audit } from '../../api/audit.ts';
import type { ApiKit } from '../../api/kit.ts';
import { operation, wrong } from '../../api/operation.ts';
import {
  type Directory,
  readFormerClient,
  readLimitSubject,
  showLimitSubject,
} from '../../grants/subjects.ts';
import { directoryOf } from './directory.ts';
import { demandFor } from './grants.ts';

const PATH = '/admin/api/limits';

const amount = (most: number) => z.number().int().min(0).max(most).nullable();
const fields = {
  /** Per window. */
  requests: amount(1_000_000_000),
  /** Calls at once. */
  concurrent: amount(100_000),
  /** Of requests, and of answers, per window. */
  bytes_in: amount(2 ** 50),
  bytes_out: amount(2 ** 50),
};
const window = z.number().int().min(1).max(86_400).nullable();

const draft = z.strictObject({
  /** A person, `client:ID`, `key:ID` or `server:NAME`. */
  subject: z.string().min(1).max(2048),
  requests: fields.requests.default(null),
  concurrent: fields.concurrent.default(null),
  bytes_in: fields.bytes_in.default(null),
  bytes_out: fields.bytes_out.default(null),
  /** Seconds; a minute unless said. */
  window: window.default(null),
});

const shown = z.object({
  subject: z.string(),
  ...fields,
  window,
  changed_at: z.number(),
  changed_by: z.string(),
});

function showLimit(limit: Limit, directory: Directory): z.input<typeof shown> {
  return {
    subject: showLimitSubject(limit.subject, directory),
    requests: limit.requests ?? null,
    concurrent: limit.concurrent ?? null,
    bytes_in: limit.bytesIn ?? null,
    bytes_out: limit.bytesOut ?? null,
    window: limit.windowS ?? null,
    changed_at: limit.changedAt,
    changed_by: limit.changedBy,
  };
}

/** Where there is none. */
const NONE = { requests: null, concurrent: null, bytes_in: null, bytes_out: null, window: null };

function subjectNamed(kit: ApiKit, text: string, directory: Directory): LimitSubject {
  const { servers } = kit.live.current();
  const read = readLimitSubject(text, directory, name => servers.has(name as ServerName));
  if (read.kind === 'found') return read.subject;
  throw wrong('subject', read.says);
}

function find({ live }: ApiKit, { kind, id }: LimitSubject): Limit | undefined {
  return live.current().limits.find(({ subject }) => subject.kind === kind && subject.id === id);
}

const list = operation({
  id: 'limits.list',
  method: 'get',
  path: PATH,
  summary: 'Who may use less, or more, than the settings say',
  access: 'read',
  answer: z.array(shown),
  handle: async kit => {
    const directory = await directoryOf(kit);
    return kit.live.current().limits.map(limit => showLimit(limit, directory));
  },
});

const put = operation({
  id: 'limits.put',
  method: 'put',
  path: PATH,
  summary: 'What somebody or something may use at most; null is as the settings say',
  access: 'rule',
  body: draft,
  answer: shown,
  now: async (kit, { body }) => {
    const directory = await directoryOf(kit);
    const subject = subjectNamed(kit, body.subject, directory);
    const limit = find(kit, subject);
    const fields = limit ? showLimit(limit, directory) : NONE;
    return { fields, action: 'limit.set', names: [showLimitSubject(subject, directory)] };
  },
  turn: ({ body }) => `limit ${body.subject}`,
  handle: async (kit, asked) => {
    const { subject: text, requests, concurrent, bytes_in, bytes_out, window: windowS } = asked.body;
    const directory = await directoryOf(kit);
    const subject = subjectNamed(kit, text, directory);
    if (subject.kind !== 'server') await demandFor(asked, subject, kit);
    if ([requests, concurrent, bytes_in, bytes_out].every(one => one === null))
      throw wrong('requests', 'say at least one of requests, concurrent, bytes_in and bytes_out');
    const limit: Limit = {
      subject,
      requests: requests ?? undefined,
      concurrent: concurrent ?? undefined,
      bytesIn: bytes_in ?? undefined,
      bytesOut: bytes_out ?? undefined,
      windowS: windowS ?? undefined,
      changedAt: kit.clock.now(),
      changedBy: asked.actor.name,
    };
    const before = find(kit, subject);
    if ((await kit.store.access.putLimit(limit)) === 'unknown')
      throw wrong('subject', 'is not there any more');
    const after = showLimit(limit, directory);
    await audit(kit, asked, {
      action: 'limit.set',
      target: after.subject,
      before: before && showLimit(before, directory),
      after,
    });
    return after;
  },
});

const remove = operation({
  id: 'limits.remove',
  method: 'delete',
  path: PATH,
  summary: 'Back to what the settings say',
  access: 'rule',
  query: z.strictObject({ subject: z.string().min(1).max(2048) }),
  answer: z.object({ subject: z.string(), removed: z.boolean() }),
  turn: ({ query }) => `limit ${query.subject}`,
  handle: async (kit, asked) => {
    const directory = await directoryOf(kit);
    const text = asked.query.subject;
    const subject = readFormerClient(text) ?? subjectNamed(kit, text, directory);
    if (subject.kind !== 'server') await demandFor(asked, subject, kit);
    const before = find(kit, subject);
    const shownAs = showLimitSubject(subject, directory);
    if (!(await kit.store.access.deleteLimit(subject)))
      throw new Fault('not_found', { says: `There is no limit of ${printable(shownAs)}` });
    const said = { action: 'limit.unset', target: shownAs };
    await audit(kit, asked, { ...said, before: before && showLimit(before, directory) });
    return { subject: shownAs, removed: true };
  },
});

/** Limits of their own, per person, client, key and server. */
export const limitOperations = [list, put, remove];
