/** What is asked of the gateway, from the address; what is empty is not asked. */
function given<Name extends string>(
  params: URLSearchParams,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = params.get(name);
      return value ? [[name, value]] : [];
    }),
  ) as Partial<Record<Name, string>>;
}

export const AUDIT_FILTERS = [
  ['actor', 'Who, as user:alice or cli:root'],
  ['action', 'What, as grant.add'],
  ['target', 'Of what'],
  ['address', 'From where'],
] as const;

export const SIGN_IN_FILTERS = [
  ['address', 'Address'],
  ['client', 'Client'],
] as const;

export const auditFilter = (params: URLSearchParams) =>
  given(params, ['actor', 'action', 'target', 'address']);

export const signInFilter = (params: URLSearchParams) =>
  given(params, ['event_type', 'success', 'user_id', 'client', 'address']) as Partial<
    Record<'event_type' | 'user_id' | 'client' | 'address', string>
  > & { success?: 'true' | 'false' };
