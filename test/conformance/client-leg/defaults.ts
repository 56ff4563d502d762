export type Elicited = {
  readonly requestedSchema?: {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
  };
};

/** What a person answers who leaves each field as it is shown; a question without a field is agreed to. */
export function withDefaults({ requestedSchema }: Elicited): {
  action: 'accept';
  content: Record<string, never>;
} {
  const fields = Object.entries(requestedSchema?.properties ?? {});
  const content = Object.fromEntries(
    fields.flatMap(([name, field]) =>
      field.default === undefined ? (name === 'confirmed' ? [[name, true]] : []) : [[name, field.default]],
    ),
  );
  return { action: 'accept', content: content as Record<string, never> };
}
