import {
  isObjectAt,
  META,
  type Members,
  members,
  type Params,
  type Range,
  type Splice,
  splice,
} from '../../mcp/index.ts';

const TASK_ID = Buffer.from('"taskId"');
const STATUS = ['notifications/tasks/status', 'notifications/tasks'];

/** Says what stands in the place of an id; undefined: it stays as it is. */
export type Rename = (id: string) => string | undefined;

/** Where an answer or message names a task that is the sender's. */
type Found = { readonly ids: readonly Range[]; readonly task: Range | undefined };

const NOTHING: Found = { ids: [], task: undefined };

function inside(bytes: Buffer, range: Range | undefined): Members | undefined {
  return isObjectAt(bytes, range) ? members(bytes, range.start) : undefined;
}

function idIn(bytes: Buffer, at: Members | undefined): Range | undefined {
  const range = at?.get('taskId');
  return range && bytes[range.start] === 0x22 ? range : undefined;
}

/** `_meta["io.modelcontextprotocol/related-task"].taskId` of the object with these members. */
function relatedIn(bytes: Buffer, at: Members): readonly Range[] {
  const meta = inside(bytes, at.get('_meta'));
  const range = idIn(bytes, inside(bytes, meta?.get(META.relatedTask)));
  return range ? [range] : [];
}

function textAt(bytes: Buffer, range: Range | undefined): unknown {
  return range && JSON.parse(bytes.toString('utf8', range.start, range.end));
}

/** The task of an answer: in `result` itself, or in its member `task` (2025-11-25). `isTask`: the whole result is one. */
function inAnswer(bytes: Buffer, isTask: boolean): Found {
  const result = members(bytes).get('result');
  const at = inside(bytes, result);
  if (!at) return NOTHING;
  const related = relatedIn(bytes, at);
  const nested = at.get('task');
  const nestedId = idIn(bytes, inside(bytes, nested));
  if (nestedId) return { ids: [nestedId, ...related], task: nested };
  const own = isTask || textAt(bytes, at.get('resultType')) === 'task' ? idIn(bytes, at) : undefined;
  return own ? { ids: [own, ...related], task: result } : { ids: related, task: undefined };
}

/** The task of a notification or request of a server. */
function inMessage(bytes: Buffer): Found {
  const envelope = members(bytes);
  const params = envelope.get('params');
  const at = inside(bytes, params);
  if (!at) return NOTHING;
  const related = relatedIn(bytes, at);
  const own = STATUS.includes(String(textAt(bytes, envelope.get('method')))) ? idIn(bytes, at) : undefined;
  return own ? { ids: [own, ...related], task: params } : { ids: related, task: undefined };
}

export type Rewritten = {
  readonly bytes: Buffer;
  /** The server's own id of the task that the message is about, and what it says of it. */
  readonly task: { readonly id: string; readonly said: Params } | undefined;
};

function rewrite(bytes: Buffer, { ids, task }: Found, rename: Rename): Rewritten {
  const splices: Splice[] = [];
  for (const range of ids) {
    const name = rename(String(textAt(bytes, range)));
    if (name !== undefined) splices.push({ ...range, text: JSON.stringify(name) });
  }
  const [own] = ids;
  const about = task && own && { id: String(textAt(bytes, own)), said: textAt(bytes, task) as Params };
  return { bytes: splice(bytes, splices), task: about };
}

/** Whether the bytes may name a task at all: a search, no scan. */
export function mayNameTask(bytes: Buffer): boolean {
  return bytes.includes(TASK_ID);
}

/** An answer with the ids of tasks renamed; everything else stays as it came. */
export function renameInAnswer(bytes: Buffer, isTask: boolean, rename: Rename): Rewritten {
  return mayNameTask(bytes) ? rewrite(bytes, inAnswer(bytes, isTask), rename) : { bytes, task: undefined };
}

/** The same of a message of a server that is no answer. */
export function renameInMessage(bytes: Buffer, rename: Rename): Rewritten {
  return mayNameTask(bytes) ? rewrite(bytes, inMessage(bytes), rename) : { bytes, task: undefined };
}
