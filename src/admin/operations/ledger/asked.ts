import { z } from 'zod';
import { limitField } from '../fields.ts';

/** A moment as ISO 8601 says it, with its zone. */
export const timeField = z.iso
  .datetime({ offset: true, error: 'is no time, as 2026-01-31T12:00:00Z' })
  .transform(text => Date.parse(text));

/** What a row must have just so. PostgreSQL takes no NUL in a text. */
export const exactly = z
  .string()
  .min(1)
  .max(512)
  .refine(text => !text.includes('\0'), 'has a NUL')
  .optional();

/** From when to when, and which page. */
export const pageFields = {
  since: timeField.optional(),
  until: timeField.optional(),
  limit: limitField,
  /** `next` of the page before, or the id of its last row. */
  before: z
    .string()
    .regex(/^[0-9a-f-]{36}$/, 'is no id of a row')
    .optional(),
};

/** A whole number of the query, as version 1 named windows. */
export const countField = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is a whole number')
    .transform(Number)
    .refine(count => count >= 1 && count <= most, `is a whole number from 1 to ${most}`)
    .optional();

export const nextField = z.string().nullable();
