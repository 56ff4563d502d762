/** The endpoint as one client is to know it. */
export type Place = {
  /** The MCP endpoint: `/mcp`, or `/mcp/SERVER`. */
  readonly url: string;
  /** What the client calls it. */
  readonly name: string;
  /** An API key, a word that stands for one, or a variable of the shell such as `$TOKEN`. */
  readonly token: string;
};

/** `oauth`: the person signs in with a browser. `key`: with an API key. `stdio`: by a program that the client starts. */
export type Way = 'oauth' | 'key' | 'stdio';

export type Snippet = {
  readonly way: Way;
  readonly kind: 'shell' | 'json' | 'toml' | 'link' | 'address';
  /** Where it is typed, pasted or clicked. */
  readonly where: string;
  text(place: Place): string;
};

export type Quirk = {
  /** The requirement that it led to, where there is one. */
  readonly of?: string;
  readonly says: string;
};

/** One client: everything that documents, pages and the terminal say of it. */
export type ClientRow = {
  readonly id: string;
  readonly title: string;
  /** It calls from its maker's cloud, so that a local gateway is out of its reach. */
  readonly needsPublicHttps: boolean;
  /** The program to look for on PATH. */
  readonly program?: string;
  readonly snippets: readonly Snippet[];
  /** What the person sees when it works. */
  readonly sees: string;
  readonly quirks: readonly Quirk[];
  /** The version that was run, and how far; `by trace`: only its requests were played back. */
  readonly tried: { readonly version: string; readonly how: string } | 'by trace';
};
