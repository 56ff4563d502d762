import { useEffect, useState } from 'react';
import { Field } from '../../kit/forms/field.tsx';
import { seen } from '../../kit/seen.ts';
import type { Json } from './wire.ts';

export type Schema = {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly { readonly const?: unknown; readonly title?: string }[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly format?: string;
};

const typeOf = ({ type }: Schema): string =>
  typeof type === 'string' ? type : (type?.find(one => one !== 'null') ?? 'any');

/** What a field holds, read as its schema says; what is no JSON where JSON is meant is a problem. */
function readField(schema: Schema, text: string): { readonly value?: unknown; readonly wrong?: string } {
  if (text === '') return {};
  switch (typeOf(schema)) {
    case 'string':
      return { value: text };
    case 'number':
    case 'integer': {
      const value = Number(text);
      if (!Number.isFinite(value)) return { wrong: 'is no number' };
      if (typeOf(schema) === 'integer' && !Number.isInteger(value)) return { wrong: 'is no whole number' };
      if (schema.minimum !== undefined && value < schema.minimum)
        return { wrong: `is at least ${schema.minimum}` };
      if (schema.maximum !== undefined && value > schema.maximum)
        return { wrong: `is at most ${schema.maximum}` };
      return { value };
    }
    case 'boolean':
      return { value: text === 'true' };
    default:
      try {
        return { value: JSON.parse(text) };
      } catch {
        return typeOf(schema) === 'any' ? { value: text } : { wrong: 'is no JSON' };
      }
  }
}

const textOf = (schema: Schema, value: unknown): string =>
  value === undefined
    ? ''
    : typeof value === 'string' && typeOf(schema) !== 'any'
      ? value
      : JSON.stringify(value);

function Control({
  name,
  schema,
  text,
  onText,
  ...tied
}: {
  readonly name: string;
  readonly schema: Schema;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly id?: string;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-invalid'?: boolean | undefined;
}) {
  const shared = { 'data-action': 'play.field', name, ...tied };
  const choices =
    schema.enum?.map(value => ({ const: value, title: String(value) })) ??
    schema.oneOf?.filter(one => one.const !== undefined);
  if (choices || typeOf(schema) === 'boolean')
    return (
      <select {...shared} value={text} onChange={event => onText(event.target.value)}>
        <option value="">–</option>
        {(choices ?? [{ const: 'true' }, { const: 'false' }]).map(({ const: value, ...rest }) => (
          <option key={String(value)} value={String(value)}>
            {seen(('title' in rest && rest.title) || String(value))}
          </option>
        ))}
      </select>
    );
  if (['object', 'array'].includes(typeOf(schema)))
    return (
      <textarea
        {...shared}
        className="code"
        rows={3}
        spellCheck={false}
        value={text}
        onChange={event => onText(event.target.value)}
      />
    );
  const isNumber = ['number', 'integer'].includes(typeOf(schema));
  return (
    <input
      {...shared}
      inputMode={isNumber ? 'decimal' : undefined}
      value={text}
      onChange={event => onText(event.target.value)}
    />
  );
}

/** A form that a schema describes; checked here without code that is made from it, and by the server anyway. */
export function SchemaForm({
  schema,
  start,
  onValue,
  onTyped,
}: {
  readonly schema: Schema;
  readonly start: Json;
  readonly onValue: (value: Json | undefined) => void;
  /** What stands in the fields, whole or not. */
  readonly onTyped?: (text: string) => void;
}) {
  const properties = Object.entries(schema.properties ?? {});
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(properties.map(([name, of]) => [name, textOf(of, start[name] ?? of.default)])),
  );
  const read = properties.map(([name, of]) => ({ name, of, ...readField(of, texts[name] ?? '') }));
  const missing = (name: string) => schema.required?.includes(name) === true && (texts[name] ?? '') === '';
  const isWhole = read.every(({ name, wrong }) => wrong === undefined && !missing(name));
  const text = JSON.stringify(
    Object.fromEntries(
      read.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]),
    ),
  );
  useEffect(() => onValue(isWhole ? (JSON.parse(text) as Json) : undefined), [text, isWhole]);
  if (properties.length === 0) return <p className="soft">It takes nothing.</p>;
  return (
    <>
      {read.map(({ name, of, wrong }) => (
        <Field
          key={name}
          label={`${seen(of.title ?? name)}${schema.required?.includes(name) ? '' : ' (may be left out)'}`}
          hint={of.description && <bdi>{seen(of.description)}</bdi>}
          wrong={wrong && `${seen(name)} ${wrong}`}
        >
          <Control
            name={name}
            schema={of}
            text={texts[name] ?? ''}
            onText={value => {
              const next = { ...texts, [name]: value };
              setTexts(next);
              onTyped?.(JSON.stringify(next));
            }}
          />
        </Field>
      ))}
    </>
  );
}
