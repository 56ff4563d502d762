/** A browser without a window: it keeps cookies, follows redirects, and fills in the first form of each page. */
export type Browser = {
  /** Goes there and on, redirect by redirect and form by form, until a page has no form or `stopAt` says so. */
  signIn(url: string): Promise<Page>;
  /** Goes there and on by redirects only. */
  open(url: string): Promise<Page>;
  /** What it would send along with a request there. */
  cookies(url: string): string;
  /** Fills in the first form of a page and presses its first named button, or the one named here. */
  submit(page: Page, button?: string): Promise<Page>;
};

export type Page = {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Every address on the way here, this one last. */
  readonly trail: readonly string[];
};

export type BrowserOptions = {
  /** What to type, by the names of the fields; others keep what the page put there. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Not to be visited, such as a callback that the test redeems itself; its page has status 0. */
  readonly stopAt?: (url: URL) => boolean;
  /** How many pages at most; a login that comes back again and again is an error. */
  readonly most?: number;
};

type Cookie = {
  readonly host: string;
  readonly name: string;
  readonly path: string;
  readonly value: string;
};
type Visit = { readonly url: string; readonly method: string; readonly body?: string; readonly from?: Page };

export function createBrowser({ fill = {}, stopAt = () => false, most = 20 }: BrowserOptions = {}): Browser {
  let jar: readonly Cookie[] = [];

  const cookiesFor = ({ host, pathname }: URL): string =>
    jar
      .filter(cookie => cookie.host === host && isBelow(pathname, cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');

  const keep = (url: URL, headers: Headers): void => {
    for (const line of headers.getSetCookie()) {
      const { cookie, isGone } = readCookie(line, url);
      const { host, name, path } = cookie;
      jar = jar.filter(one => one.host !== host || one.name !== name || one.path !== path);
      if (!isGone) jar = [...jar, cookie];
    }
  };

  const go = async (first: Visit): Promise<Page> => {
    let visit = first;
    const trail: string[] = [...(first.from?.trail ?? [])];
    for (let redirects = 0; redirects < most; redirects++) {
      const url = new URL(visit.url);
      trail.push(url.href);
      if (stopAt(url)) return { url: url.href, status: 0, headers: new Headers(), text: '', trail };
      const response = await fetch(url, {
        method: visit.method,
        redirect: 'manual',
        headers: headersOf(visit, cookiesFor(url)),
        ...(visit.body !== undefined && { body: visit.body }),
      });
      keep(url, response.headers);
      const text = await response.text();
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399)
        return { url: url.href, status: response.status, headers: response.headers, text, trail };
      visit = redirected(visit, response.status, new URL(location, url).href);
    }
    throw new Error(`The browser goes round in circles: ${trail.slice(-4).join(' ')}`);
  };

  const open = (url: string): Promise<Page> => go({ url, method: 'GET' });
  const submit = (page: Page, button?: string): Promise<Page> => {
    const form = firstForm(page, fill, button);
    if (!form) throw new Error(`There is no form on ${page.url}: ${page.text.slice(0, 200)}`);
    return go(form);
  };
  return {
    open,
    submit,
    cookies: url => cookiesFor(new URL(url)),
    signIn: async url => {
      let page = await open(url);
      for (let pages = 0; pages < most; pages++) {
        if (page.status >= 400)
          throw new Error(`${page.url} says ${page.status}: ${page.text.slice(0, 400)}`);
        if (!/<form\b/i.test(page.text)) return page;
        page = await submit(page);
      }
      throw new Error(`There is one form after the other: ${page.trail.slice(-4).join(' ')}`);
    },
  };
}

/** RFC 6265 section 5.1.4. */
function isBelow(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

function readCookie(line: string, url: URL): { readonly cookie: Cookie; readonly isGone: boolean } {
  const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
  const at = pair.indexOf('=');
  const attribute = (name: string): string | undefined =>
    attributes.find(one => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = attribute('expires');
  const isGone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
  const parent = url.pathname.slice(0, url.pathname.lastIndexOf('/')) || '/';
  const path = attribute('path') ?? parent;
  return { cookie: { host: url.host, name: pair.slice(0, at), path, value: pair.slice(at + 1) }, isGone };
}

function headersOf({ body, from }: Visit, cookie: string): Record<string, string> {
  // A page that sends no referrer sends no origin with its forms either (Fetch, "append a request Origin header").
  const isSilent = from?.headers.get('referrer-policy') === 'no-referrer';
  return {
    accept: 'text/html,application/xhtml+xml',
    ...(cookie !== '' && { cookie }),
    ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(body !== undefined && from && { origin: isSilent ? 'null' : new URL(from.url).origin }),
  };
}

function redirected(visit: Visit, status: number, url: string): Visit {
  return status === 307 || status === 308 ? { ...visit, url } : { url, method: 'GET' };
}

function firstForm(page: Page, fill: Readonly<Record<string, string>>, wanted?: string): Visit | undefined {
  const [form] = /<form\b[\s\S]*?<\/form>/i.exec(page.text) ?? [];
  if (form === undefined) return undefined;
  const [head = ''] = /<form\b[^>]*>/i.exec(form) ?? [];
  const fields = new URLSearchParams();
  for (const [tag] of form.matchAll(/<input\b[^>]*>/gi)) {
    const name = attributeIn(tag, 'name');
    const type = attributeIn(tag, 'type')?.toLowerCase();
    const isOff = (type === 'checkbox' || type === 'radio') && !/\schecked\b/i.test(tag);
    if (name === undefined || type === 'submit' || isOff) continue;
    fields.append(name, fill[name] ?? attributeIn(tag, 'value') ?? '');
  }
  const button = [...form.matchAll(/<button\b[^>]*>|<input\b[^>]*type="?submit[^>]*>/gi)]
    .map(([tag]) => ({ name: attributeIn(tag, 'name'), value: attributeIn(tag, 'value') ?? '' }))
    .find(({ name, value }) => name !== undefined && (wanted === undefined || value === wanted));
  if (button?.name !== undefined) fields.append(button.name, button.value);
  const url = new URL(attributeIn(head, 'action') || page.url, page.url);
  if (attributeIn(head, 'method')?.toLowerCase() === 'post')
    return { url: url.href, method: 'POST', body: fields.toString(), from: page };
  url.search = fields.toString();
  return { url: url.href, method: 'GET', from: page };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'" };

function attributeIn(tag: string, name: string): string | undefined {
  const [, double, single, bare] =
    new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag) ?? [];
  return (double ?? single ?? bare)?.replace(/&(#x[\da-f]+|#\d+|[a-z]+);/gi, (whole, code: string) => {
    if (!code.startsWith('#')) return ENTITIES[code.toLowerCase()] ?? whole;
    return String.fromCodePoint(Number(code[1]?.toLowerCase() === 'x' ? `0${code.slice(1)}` : code.slice(1)));
  });
}
