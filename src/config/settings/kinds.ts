import { z } from 'zod';
import { Secret } from '../../base/index.ts';

/** What a setting accepts, from the file (typed values) and from the environment (text) alike. */
export type Kind<T> = {
  readonly schema: z.ZodType<T>;
  /** Ends the sentence "X must be ...". */
  readonly expects: string;
};

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map(word => [word, true] as const),
  ...['false', '0', 'no', 'off'].map(word => [word, false] as const),
]);

function readBoolean(value: unknown): unknown {
  return typeof value === 'string' ? (BOOLEANS.get(value.trim().toLowerCase()) ?? value) : value;
}

export const boolean: Kind<boolean> = {
  schema: z.preprocess(readBoolean, z.boolean()),
  expects: 'true or false',
};

export function whole(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  const read = (value: unknown) =>
    typeof value === 'string' && /^\s*-?\d{1,16}\s*$/.test(value) ? Number(value) : value;
  return {
    schema: z.preprocess(read, z.int().min(min).max(max)),
    expects:
      max === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${min}`
        : `a whole number from ${min} to ${max}`,
  };
}

/** From 0 to 1. */
export const share: Kind<number> = {
  schema: z.preprocess(
    value => (typeof value === 'string' && /^\s*[\d.]{1,16}\s*$/.test(value) ? Number(value) : value),
    z.number().min(0).max(1),
  ),
  expects: 'a number from 0 to 1',
};

export function choice<const T extends string>(...words: readonly [T, ...T[]]): Kind<T> {
  const read = (value: unknown) => (typeof value === 'boolean' ? String(value) : value);
  return { schema: z.preprocess(read, z.enum(words)), expects: `one of ${words.join(', ')}` };
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LEVELS)[number];
const LEVEL_ALIASES: Readonly<Record<string, string>> = { warning: 'warn', critical: 'fatal' };

/** Also the upper-case names that Python programs use. */
export const logLevel: Kind<LogLevel> = {
  schema: z.preprocess(value => {
    const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
    return typeof word === 'string' ? (LEVEL_ALIASES[word] ?? word) : word;
  }, z.enum(LEVELS)),
  expects: `one of ${LEVELS.join(', ')}`,
};

export const text: Kind<string> = { schema: z.string().trim().min(1), expects: 'a text' };

export const optionalText: Kind<string | undefined> = {
  schema: z.string().trim().min(1).optional(),
  expects: 'a text',
};

/** An address of https with a path, as a client's metadata document needs (CIMD section 3), or the word `off`. */
export const httpsOrOff: Kind<string | undefined> = {
  schema: z
    .string()
    .trim()
    .refine(value => value === 'off' || isDocumentAddress(value))
    .optional(),
  expects: 'an address that begins with https:// and has a path, or off',
};

function isDocumentAddress(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.pathname !== '/' && url.username === '' && url.hash === '';
}

/** A list in the file, a comma-separated text in the environment. */
export const list: Kind<readonly string[]> = {
  schema: z.preprocess(
    value =>
      typeof value === 'string'
        ? value
            .split(',')
            .map(item => item.trim())
            .filter(item => item !== '')
        : value,
    z.array(z.string().trim().min(1)),
  ),
  expects: 'a list of texts',
};

export const secret: Kind<Secret | undefined> = {
  schema: z
    .string()
    .min(1)
    .transform(value => new Secret(value))
    .optional(),
  expects: 'a text',
};

export const secretList: Kind<readonly Secret[]> = {
  schema: list.schema.transform(items => items.map(item => new Secret(item))),
  expects: 'a list of texts',
};

/** One setting: its row here is all there is to add one. */
export type Setting<T> = {
  readonly kind: Kind<T>;
  readonly default: NoInfer<T>;
  /** Environment names; the first that is set wins. */
  readonly env: readonly string[];
  /** One sentence for people. */
  readonly about: string;
  readonly flag?: string;
  /** Other keys of the file that mean the same. */
  readonly aliases?: readonly string[];
  /** Never printed; `<NAME>_FILE` may name a file that holds it. */
  readonly isSecret?: boolean;
  /** A change that an administrator makes counts at once; else from the next start on. */
  readonly isLive?: boolean;
  /** Decided before the database is open, or by whoever runs the machine alone: never stored. */
  readonly isOutside?: boolean;
  /** Changed by a person alone, who gave the password lately, never by a key (C19). */
  readonly isSecurity?: boolean;
  /** Read and checked, without effect in this release: any value but the default, or these values alone. */
  readonly later?: true | readonly NoInfer<T>[];
};

export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}
