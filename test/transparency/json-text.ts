/** JSON with the text of each value kept, so that `1.10` and `1.1` are two things. */
export type Node =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Node])[]; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Node[]; readonly text: string }
  | { readonly kind: 'scalar'; readonly text: string };

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /"(?:[^"\\]|\\.)*"|[^,\]}\s]+/y;

function skip(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function scalarEnd(text: string, at: number): number {
  SCALAR.lastIndex = at;
  if (!SCALAR.exec(text)) throw new SyntaxError(`No JSON value at ${at}`);
  return SCALAR.lastIndex;
}

function objectAt(text: string, start: number): { readonly node: Node; readonly end: number } {
  const members: [string, Node][] = [];
  let at = skip(text, start + 1);
  while (text[at] !== '}') {
    const keyEnd = scalarEnd(text, at);
    const key: string = JSON.parse(text.slice(at, keyEnd));
    const value = nodeAt(text, skip(text, skip(text, keyEnd) + 1));
    members.push([key, value.node]);
    at = skip(text, value.end);
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return { node: { kind: 'object', members, text: text.slice(start, at + 1) }, end: at + 1 };
}

function arrayAt(text: string, start: number): { readonly node: Node; readonly end: number } {
  const items: Node[] = [];
  let at = skip(text, start + 1);
  while (text[at] !== ']') {
    const item = nodeAt(text, at);
    items.push(item.node);
    at = skip(text, item.end);
    if (text[at] === ',') at = skip(text, at + 1);
  }
  return { node: { kind: 'array', items, text: text.slice(start, at + 1) }, end: at + 1 };
}

function nodeAt(text: string, at: number): { readonly node: Node; readonly end: number } {
  if (text[at] === '{') return objectAt(text, at);
  if (text[at] === '[') return arrayAt(text, at);
  const end = scalarEnd(text, at);
  return { node: { kind: 'scalar', text: text.slice(at, end) }, end };
}

/** The text as a tree; throws where it is no JSON. */
export function readText(text: string): Node {
  JSON.parse(text);
  return nodeAt(text, skip(text, 0)).node;
}

/** The same, or undefined. */
export function tryText(text: string): Node | undefined {
  try {
    return readText(text);
  } catch {
    return undefined;
  }
}

export const member = (node: Node | undefined, name: string): Node | undefined =>
  node?.kind === 'object' ? node.members.find(([key]) => key === name)?.[1] : undefined;

/** The value of a scalar or of a whole tree. */
export const parsed = (node: Node | undefined): unknown =>
  node === undefined ? undefined : JSON.parse(node.text);

/** One place where two texts do not say the same. */
export type Difference = {
  /** RFC 6901. */
  readonly pointer: string;
  /** `spelling`: the same value in other characters · `order`: of members · `space`: between the tokens alone. */
  readonly kind: 'missing' | 'added' | 'changed' | 'spelling' | 'order' | 'space';
  readonly direct?: string;
  readonly through?: string;
};

const toToken = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** A number without its spelling, whatever its size; other values as they parse. */
function meaning(text: string): string {
  const number = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!number) return JSON.stringify(JSON.parse(text));
  const [, sign = '', whole = '', part = '', power = '0'] = number;
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  const exponent = Number(power) - part.length + (digits.length - short.length);
  return short === '' ? '0' : `${sign}${short}e${exponent}`;
}

/** All places in which `through` differs from `direct`. */
export function differences(direct: Node, through: Node, pointer = ''): Difference[] {
  if (direct.text === through.text) return [];
  const texts = { direct: direct.text, through: through.text };
  if (direct.kind === 'object' && through.kind === 'object') {
    const found = inObjects(direct, through, pointer);
    return found.length > 0 ? found : [{ pointer, kind: 'space', ...texts }];
  }
  if (direct.kind === 'array' && through.kind === 'array') {
    const found = inArrays(direct, through, pointer);
    return found.length > 0 ? found : [{ pointer, kind: 'space', ...texts }];
  }
  const isSame = meaning(direct.text) === meaning(through.text);
  return [{ pointer, kind: isSame ? 'spelling' : 'changed', ...texts }];
}

type Objects = Extract<Node, { kind: 'object' }>;

function inObjects(direct: Objects, through: Objects, pointer: string): Difference[] {
  const there = new Map(through.members);
  const here = new Map(direct.members);
  const found = direct.members.flatMap(([key, node]) => {
    const at = `${pointer}/${toToken(key)}`;
    const other = there.get(key);
    return other
      ? differences(node, other, at)
      : [{ pointer: at, kind: 'missing' as const, direct: node.text }];
  });
  for (const [key, node] of through.members)
    if (!here.has(key))
      found.push({ pointer: `${pointer}/${toToken(key)}`, kind: 'added', through: node.text });
  const orderOf = (members: Objects['members'], other: ReadonlyMap<string, Node>) =>
    members.flatMap(([key]) => (other.has(key) ? [key] : [])).join('\n');
  if (orderOf(direct.members, there) !== orderOf(through.members, here))
    found.push({ pointer, kind: 'order', direct: direct.text, through: through.text });
  return found;
}

type Arrays = Extract<Node, { kind: 'array' }>;

function inArrays(direct: Arrays, through: Arrays, pointer: string): Difference[] {
  const found: Difference[] = [];
  const length = Math.max(direct.items.length, through.items.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [direct.items[at], through.items[at]];
    const place = `${pointer}/${at}`;
    if (one && other) found.push(...differences(one, other, place));
    else if (one) found.push({ pointer: place, kind: 'missing', direct: one.text });
    else if (other) found.push({ pointer: place, kind: 'added', through: other.text });
  }
  return found;
}
