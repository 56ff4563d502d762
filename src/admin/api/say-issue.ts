import type { z } from 'zod';

/** What a field must be, by the name that zod has for it. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ array: 'a list', tuple: 'a list', object: 'an object', record: 'an object', null: 'null' },
};

const FORMATS: Readonly<Record<string, string>> = {
  ...{ email: 'is not an e-mail address', url: 'is not a URL', regex: 'has not the right form' },
  ...{ datetime: 'is not a time like 2026-01-31T12:00:00Z', uuid: 'is not an id', ipv4: 'is not an address' },
};

type Bound = { readonly origin: string; readonly inclusive?: boolean | undefined };

/** `letters` of a text, `entries` of a list; a number has none. */
const unitOf = ({ origin }: Bound, amount: number): string | undefined => {
  if (origin === 'string') return amount === 1 ? 'letter' : 'letters';
  return origin === 'number' || origin === 'int' ? undefined : amount === 1 ? 'entry' : 'entries';
};

function most(bound: Bound, amount: number): string {
  const unit = unitOf(bound, amount);
  if (unit !== undefined) return `has at most ${amount} ${unit}`;
  return bound.inclusive === false ? `is less than ${amount}` : `is at most ${amount}`;
}

function least(bound: Bound, amount: number): string {
  const unit = unitOf(bound, amount);
  if (unit !== undefined) return amount === 1 ? 'must not be empty' : `has at least ${amount} ${unit}`;
  return bound.inclusive === false ? `is more than ${amount}` : `is at least ${amount}`;
}

const oneOf = (values: readonly unknown[]) =>
  values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.map(String).join(', ')}`;

/** What is wrong, as it goes on from the name of the field; whatever a schema says itself comes before this. */
export function sayIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${KINDS[issue.expected] ?? `of the kind ${issue.expected}`}`;
    case 'too_big':
      return most(issue, Number(issue.maximum));
    case 'too_small':
      return least(issue, Number(issue.minimum));
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has not the right form';
    case 'invalid_value':
      return oneOf(issue.values);
    case 'not_multiple_of':
      return `is a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'has none of the forms that it may have';
    default:
      return 'is not valid';
  }
}
