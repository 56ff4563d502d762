import { boot } from './boot.ts';
import { type Operations, places } from './contract.ts';

export type Id = keyof Operations;
type Part<K extends Id, P extends 'params' | 'query' | 'body'> = Operations[K][P];
export type Answer<K extends Id> = Operations[K]['answer'];

type Nothing = { readonly [name: string]: never };
type Needed<Name extends string, Of> = Of extends Nothing | undefined
  ? unknown
  : Partial<Of> extends Of
    ? { readonly [N in Name]?: Of }
    : { readonly [N in Name]: Of };

/** What an operation is asked with; what it does not take cannot be given. */
export type Given<K extends Id> = Needed<'params', Part<K, 'params'>> &
  Needed<'query', Part<K, 'query'>> &
  Needed<'body', Part<K, 'body'>>;

/** Of a field that somebody else changed: what it is now, by whom and since when. */
export type Changed = { readonly now: unknown; readonly by: string | null; readonly at: string | null };

/** Why something was not done. `lost`: nobody knows whether it was. */
export class Refused extends Error {
  readonly status: number;
  readonly error: string;
  /** The field that is wrong, as the API names it. */
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly changed: Changed | undefined;

  constructor(of: {
    status: number;
    error: string;
    message: string;
    field?: string;
    retryAfterS?: number;
    changed?: Changed;
  }) {
    super(of.message);
    this.status = of.status;
    this.error = of.error;
    this.field = of.field;
    this.retryAfterS = of.retryAfterS;
    this.changed = of.changed;
  }
}

/** Of a browser that lost its sign-in, or has to give the password again; each waits until the person did. */
export type Gates = {
  /** `other`: who is signed in instead. */
  signIn(other?: string): Promise<boolean>;
  password(): Promise<boolean>;
};

let gates: Gates = { signIn: async () => false, password: async () => false };
let formToken = boot.formToken;

export function setGates(given: Gates): void {
  gates = given;
}

/** After a sign-in in another tab, every change carries the token of the new session. */
export function setFormToken(token: string): void {
  formToken = token;
}

type Loose = {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/** The address of an operation, for links that the browser follows itself. */
export function addressOf<K extends Id>(id: K, given: Given<K>): string {
  const { params = {}, query = {} } = given as Loose;
  const path = (places[id].split(' ')[1] ?? '').replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)]));
  return wanted.length === 0 ? path : `${path}?${search}`;
}

/** They only look, though what they look at is too long for an address. */
const LOOKS: readonly Id[] = ['grants.preview', 'detectors.try'];

/** `look`: something was typed for it, and nothing can have been done. */
type Kind = 'read' | 'look' | 'change';

function kindOf(id: Id, { body }: Loose): Kind {
  if (places[id].startsWith('GET ')) return 'read';
  const isPreview = (body as { preview?: boolean } | undefined)?.preview === true;
  return isPreview || LOOKS.includes(id) ? 'look' : 'change';
}

const STILL_HERE: Readonly<Record<Kind, string>> = {
  read: '',
  look: ' What you typed is still here; send it again.',
  change: ' What you typed is still here; look whether it was done, and send it again.',
};

async function send(id: Id, given: Loose, signal: AbortSignal | undefined): Promise<Response> {
  const [method = 'GET'] = places[id].split(' ');
  const headers = new Headers({ accept: 'application/json' });
  if (method !== 'GET') headers.set('x-csrf-token', formToken);
  if (given.body !== undefined) headers.set('content-type', 'application/json');
  try {
    return await fetch(addressOf(id, given as Given<Id>), {
      method,
      headers,
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
      ...(signal && { signal }),
    });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    const message =
      kindOf(id, given) === 'read'
        ? 'The gateway cannot be reached.'
        : 'The gateway cannot be reached. Nothing on this page was lost; send it again when the connection is back.';
    throw new Refused({ status: 0, error: 'lost', message });
  }
}

/** Of what is nobody's fault here: the gateway itself, or a proxy before it. */
function failure(status: number, says: string | undefined, kind: Kind): string {
  return `The gateway failed: ${says ?? `it answered ${status}`}.${STILL_HERE[kind]}`;
}

async function refusal(response: Response, kind: Kind): Promise<Refused> {
  const said = (await response.json().catch(() => ({}))) as {
    error?: string;
    message?: string;
    field?: string;
    changed?: Changed;
  };
  const retryAfterS = Number(response.headers.get('retry-after'));
  const { status } = response;
  return new Refused({
    status,
    error: said.error ?? 'unknown',
    message:
      status === 500 || said.message === undefined ? failure(status, said.message, kind) : said.message,
    ...(said.field !== undefined && { field: said.field }),
    ...(retryAfterS > 0 && { retryAfterS }),
    ...(said.changed !== undefined && { changed: said.changed }),
  });
}

/** Who is signed in, in this browser: another tab may have changed that. */
async function whoIsIn(): Promise<Answer<'account.me'> | 'nobody' | undefined> {
  const response = await send('account.me', {}, undefined);
  if (response.status === 401) return 'nobody';
  return response.ok ? ((await response.json()) as Answer<'account.me'>) : undefined;
}

/** The name of somebody else who signed in in another tab. */
export async function otherIn(): Promise<string | undefined> {
  const me = await whoIsIn().catch(() => undefined);
  return typeof me === 'object' && me.id !== boot.id ? me.name : undefined;
}

/** What was refused for want of a sign-in, or of a password, may be asked again when the person gave it. */
async function mayAskAgain(response: Response): Promise<boolean> {
  if (response.status !== 401 && response.status !== 403) return false;
  const refused = await refusal(response.clone(), 'change');
  // With a field it was given, and was wrong.
  if (refused.error === 'password_needed') return refused.field === undefined && gates.password();
  // A wrong password is refused with the same status as a sign-in that has ended.
  const me = await whoIsIn();
  if (me === 'nobody') return gates.signIn();
  if (me === undefined) return false;
  if (me.id !== boot.id) {
    if (await gates.signIn(me.name)) return true;
    const message = `This browser is signed in as ${me.name} now. What you typed is still here, and was not sent.`;
    throw new Refused({ status: response.status, error: 'somebody_else', message });
  }
  const isAnew = response.status === 403 && me.csrf_token !== formToken;
  if (isAnew) setFormToken(me.csrf_token);
  return isAnew;
}

/** So often may one request need something: the sign-in, its new token, the password. */
const TRIES = 3;

/** Asks the gateway. What is refused is thrown as `Refused`; a lost sign-in or an old password is asked for, then it goes on. */
export async function call<K extends Id>(
  id: K,
  ...[given, signal]: Record<never, never> extends Given<K>
    ? [Given<K>?, AbortSignal?]
    : [Given<K>, AbortSignal?]
): Promise<Answer<K>> {
  const loose = (given ?? {}) as Loose;
  const kind = kindOf(id, loose);
  let response = await send(id, loose, signal);
  for (let at = 0; at < TRIES && id !== 'account.me' && (await mayAskAgain(response)); at++)
    response = await send(id, loose, signal);
  if (!response.ok) throw await refusal(response, kind);
  if (response.status === 204) return undefined as Answer<K>;
  return (await response.json()) as Answer<K>;
}
