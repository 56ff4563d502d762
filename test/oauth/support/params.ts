/** A change of a request that was good. */
export type Change = (params: URLSearchParams) => void | Promise<void>;
export const set =
  (name: string, value: string): Change =>
  params =>
    params.set(name, value);
export const without =
  (name: string): Change =>
  params =>
    params.delete(name);
export const twice =
  (name: string, value?: string): Change =>
  params =>
    params.append(name, value ?? params.get(name) ?? 'x');
export const all =
  (...changes: readonly Change[]): Change =>
  params => {
    for (const change of changes) void change(params);
  };
export const long = (length: number) => 'a'.repeat(length);
