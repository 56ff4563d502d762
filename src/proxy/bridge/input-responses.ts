import { isObject, isObjectAt, members, type RequestMessage } from '../../mcp/index.ts';

const ACTIONS: readonly unknown[] = ['accept', 'decline', 'cancel'];

/** What each answer must look like to be one (2026-07-28 schema, `InputResponse`). */
const SHAPES: ReadonlyMap<string, (value: Readonly<Record<string, unknown>>) => boolean> = new Map([
  [
    'elicitation/create',
    ({ action, content }) => ACTIONS.includes(action) && (content === undefined || isObject(content)),
  ],
  [
    'sampling/createMessage',
    ({ role, content, model }) =>
      typeof role === 'string' && typeof model === 'string' && (isObject(content) || Array.isArray(content)),
  ],
  ['roots/list', ({ roots }) => Array.isArray(roots)],
]);

/** The answer under `key` as the client wrote it. */
export function answerText({ bytes, paramsAt }: RequestMessage, key: string): string | undefined {
  const all = paramsAt?.get('inputResponses');
  const one = isObjectAt(bytes, all) ? members(bytes, all.start).get(key) : undefined;
  return one && bytes.toString('utf8', one.start, one.end);
}

/** Whether `value` answers a question of this method; what does not is asked again. */
export function isAnswer(method: string, value: unknown): boolean {
  return isObject(value) && SHAPES.get(method)?.(value) === true;
}
