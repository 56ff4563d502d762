import type { Context } from 'hono';
import { z } from 'zod';
import { Secret } from '../../base/index.ts';
import { refuse } from './refuse.ts';

const secret = z
  .string()
  .min(1)
  .max(16_000)
  .transform(text => new Secret(text));

export const loginBody = z.object({ username: z.string().min(1).max(256), password: secret });
export const refreshBody = z.object({ refresh_token: secret });
export const logoutBody = z.object({ access_token: secret, refresh_token: secret.nullish() });

async function parse(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body as `schema` has it, or the refusal to answer with, which names the field. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const body = await parse(context);
  if (body === undefined) return refuse(context, 400, 'VALIDATION_ERROR', 'The body is not JSON');
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? issue.path.join('.') : 'body';
  return refuse(context, 400, 'VALIDATION_ERROR', `${where}: ${issue?.message ?? 'is not valid'}`);
}
