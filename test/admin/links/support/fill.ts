import type { Callers, Json } from '../../api/support/callers.ts';

/** What stands behind the # of a link. */
export const tokenIn = (link: unknown) => String(link).split('#')[1] ?? 'none';

/** Sends the form of a page as a browser does that was led there, from an address of its own. */
export async function fill(
  callers: Callers,
  path: '/invite' | '/reset',
  fields: Readonly<Record<string, string>>,
  more: Json = {},
) {
  const address = String(more.address ?? '198.51.100.1');
  const page = await fetch(callers.url(path), { headers: { 'x-forwarded-for': address } });
  const cookie = page.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ');
  const form = /name="form" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
  const answer = await fetch(callers.url(path), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: String(more.origin ?? callers.origin), 'x-forwarded-for': address },
    body: new URLSearchParams({ form, ...fields }),
  });
  const session = answer.headers
    .getSetCookie()
    .find(one => one.startsWith('amg_session='))
    ?.split(';')[0];
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    text: await answer.text(),
    session,
  };
}
