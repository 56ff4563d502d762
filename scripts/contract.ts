// The contract of the JSON API as types, for the pages: made from the schemas that check every request and answer.

import { openApiOf } from '../src/admin/api/openapi.ts';
import { operationsOf } from '../src/admin/index.ts';

type Json = { readonly [key: string]: unknown };
type Described = {
  readonly operationId: string;
  readonly parameters?: readonly (Json & { name: string; in: string; required: boolean; schema: Json })[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
};

const HEAD = `// Made by \`npm run docs\` from the schemas of the JSON API: what is asked and answered, and nothing of how.

type Nothing = { readonly [name: string]: never };

`;

const isName = (name: string) => /^[A-Za-z_$][\w$]*$/.test(name);
const keyOf = (name: string) => (isName(name) ? name : `'${name}'`);

function objectType({ properties, required, additionalProperties }: Json): string {
  const needed = new Set((required as readonly string[] | undefined) ?? []);
  const members = Object.entries((properties as Record<string, Json> | undefined) ?? {}).map(
    ([name, of]) => `${keyOf(name)}${needed.has(name) ? '' : '?'}: ${typeOf(of)}`,
  );
  if (members.length > 0) return `{ ${members.join('; ')} }`;
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties as Json) : 'unknown';
  return additionalProperties === false ? 'Nothing' : `Record<string, ${rest}>`;
}

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** The TypeScript type of a JSON Schema, as far as zod writes them. */
function typeOf(schema: Json): string {
  const { const: only, enum: values, anyOf, oneOf, allOf, type, items } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map(value => JSON.stringify(value)).join(' | ');
  const either = (anyOf ?? oneOf) as readonly Json[] | undefined;
  if (either) return [...new Set(either.map(typeOf))].join(' | ');
  if (Array.isArray(allOf)) return (allOf as readonly Json[]).map(typeOf).join(' & ');
  if (Array.isArray(type)) return type.map(one => SIMPLE[String(one)] ?? 'unknown').join(' | ');
  if (type === 'array') return `readonly (${items ? typeOf(items as Json) : 'unknown'})[]`;
  if (type === 'object') return objectType(schema);
  return SIMPLE[String(type)] ?? 'unknown';
}

function parametersType({ parameters = [] }: Described, place: string): string {
  const fields = parameters.filter(one => one.in === place);
  if (fields.length === 0) return 'Nothing';
  const text = fields.map(
    ({ name, required, schema }) => `${keyOf(name)}${required ? '' : '?'}: ${typeOf(schema)}`,
  );
  return `{ ${text.join('; ')} }`;
}

function contentType(of: Json | undefined): string | undefined {
  const content = of?.content as Readonly<Record<string, { schema: Json }>> | undefined;
  if (content === undefined) return undefined;
  const json = content['application/json'];
  return json ? typeOf(json.schema) : 'string';
}

function answerType({ responses }: Described): string {
  const [, done] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return contentType(done) ?? 'undefined';
}

/** `ui/api/contract.ts`: a type for each operation, and its method and path. */
export function renderContract(): string {
  const { paths } = openApiOf(operationsOf(''), '') as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ path, method, of })),
  );
  const types = all.map(
    ({ of }) => `  '${of.operationId}': {
    params: ${parametersType(of, 'path')};
    query: ${parametersType(of, 'query')};
    body: ${contentType(of.requestBody) ?? 'undefined'};
    answer: ${answerType(of)};
  };`,
  );
  const places = all.map(
    ({ path, method, of }) => `  '${of.operationId}': '${method.toUpperCase()} ${path}',`,
  );
  return `${HEAD}export type Operations = {\n${types.join('\n')}\n};\n
export const places = {\n${places.join('\n')}\n} as const satisfies Record<keyof Operations, string>;\n`;
}
