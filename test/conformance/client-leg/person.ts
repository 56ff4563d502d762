/** A browser in which somebody is signed in at the gateway. */
export type Browser = { readonly origin: string; readonly cookie: string };

const go = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });

/**
 * Opens the gateway's page, agrees, and follows where that leads; the gateway's cookie goes to the gateway alone.
 * Throws unless the last page says that the account is connected.
 */
export async function connectIn({ origin, cookie }: Browser, link: string): Promise<void> {
  const bare = await go(link);
  if (bare.status === 200) throw new Error('the page asks for nobody to be signed in');
  const page = await go(link, { headers: { cookie } });
  const text = await page.text();
  const fields = new URLSearchParams({ go: 'yes' });
  for (const [, name = '', value = ''] of text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g))
    fields.set(name, value);
  if (page.status !== 200 || !fields.has('form')) throw new Error(`the page says ${page.status} ${text}`);
  let response = await go(link, {
    method: 'POST',
    headers: { cookie, origin },
    body: fields,
  });
  for (let hop = 0; hop < 10 && response.status >= 300 && response.status < 400; hop++) {
    const next = new URL(response.headers.get('location') ?? '', link);
    response = await go(next.href, next.origin === origin ? { headers: { cookie } } : {});
  }
  const last = await response.text();
  if (response.status !== 200 || !last.includes('Connected to'))
    throw new Error(`not connected: ${response.status} ${last.replace(/<[^>]*>/g, ' ').slice(0, 300)}`);
}
