import { z } from 'zod';
import { ruleOf } from './access.ts';
import type { Operation } from './operation.ts';

type Json = Readonly<Record<string, unknown>>;

const FAULT = {
  type: 'object',
  required: ['error', 'message'],
  properties: {
    error: { type: 'string', description: 'the name of the fault' },
    message: { type: 'string', description: 'a sentence for people' },
    field: { type: 'string', description: 'the field that is wrong' },
    changed: {
      type: 'object',
      description: 'of a field that somebody else changed: what it is now, by whom and since when',
      properties: { now: {}, by: { type: ['string', 'null'] }, at: { type: ['string', 'null'] } },
    },
  },
};

const WAS: Json = {
  type: 'object',
  description:
    'Fields as they were when they were read. Where somebody else changed one of them, nothing is done: 409 with what it is now.',
  additionalProperties: {},
};

function bodyOf({ body, takesWas }: Operation): Json | undefined {
  if (body === undefined) return undefined;
  const schema = schemaOf(body, 'input') as { readonly properties?: Json };
  return takesWas ? { ...schema, properties: { ...schema.properties, was: WAS } } : schema;
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Record<string, Json>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }));
}

const jsonBody = (schema: Json) => ({ 'application/json': { schema } });

function securityOf({ access }: Operation): readonly Json[] {
  const { scopes } = ruleOf(access);
  return [{ session: [] }, ...(scopes.length > 0 ? [{ key: [...scopes] }] : [])];
}

function describe(one: Operation): Json {
  const { id, summary, access, answer, status = 200 } = one;
  const { roles, isFresh } = ruleOf(access);
  const body = bodyOf(one);
  const parameters = [...parametersOf(one.params, 'path'), ...parametersOf(one.query, 'query')];
  const text = { schema: { type: 'string' } };
  const streams = one.media && Object.fromEntries(one.media.map(media => [media, text]));
  const done = streams
    ? { '200': { description: 'as it comes', content: streams } }
    : answer === undefined
      ? { '204': { description: 'done' } }
      : { [status]: { description: 'done', content: jsonBody(schemaOf(answer, 'output')) } };
  return {
    operationId: id,
    tags: [id.split('.')[0]],
    summary,
    description: `For ${roles.join(', ')}.${isFresh ? ' A browser session must have given its password within five minutes.' : ''}`,
    security: securityOf(one),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: jsonBody(body) } }),
    responses: {
      ...done,
      '4XX': { description: 'refused', content: jsonBody({ $ref: '#/components/schemas/Fault' }) },
    },
  };
}

/** The OpenAPI 3.1 document of the operations. */
export function openApiOf(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of operations) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method]: describe(one) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AuthMCP Gateway', version },
    paths,
    components: {
      schemas: { Fault: FAULT },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'amg_session',
          description:
            'A signed-in browser; with https `__Host-amg_session`. Changes need X-CSRF-Token as well.',
        },
        key: { type: 'http', scheme: 'bearer', description: 'An API key with one of the scopes.' },
      },
    },
  };
}
