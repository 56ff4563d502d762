import { z } from 'zod';

/**
 * A backup is lines of JSON: a head, then for each piece of a table a line that names its columns and the rows as
 * arrays, and an end with a checksum over every byte before it. It holds rows and, sealed, one key: no paths.
 */
export const FORMAT = 'authmcp-gateway backup';

const sealedKeys = z.strictObject({
  kdf: z.literal('scrypt'),
  /** RFC 7914; bounded, so that a file cannot ask for all memory. */
  n: z
    .number()
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.number().int().min(1).max(16),
  p: z.number().int().min(1).max(4),
  salt: z.string().min(16).max(128),
  /** The master key, AES-256-GCM. */
  sealed: z.string().max(1024),
});

export const head = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number().int(),
  gateway: z.string().max(100),
  createdAt: z.number(),
  dialect: z.enum(['sqlite', 'postgres']),
  /** The migrations that had been applied. */
  schema: z.array(z.string().max(200)).max(1000),
  keys: sealedKeys.nullable(),
});

export const part = z.strictObject({
  table: z.string().max(100),
  columns: z.array(z.string().max(100)).max(200),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});

export const end = z.strictObject({ end: z.literal(true), rows: z.number(), sha256: z.string() });

export type Head = z.output<typeof head>;
export type SealedKeys = z.output<typeof sealedKeys>;

export const VERSION = 1;
