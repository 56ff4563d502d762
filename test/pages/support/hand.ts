import type { Seen } from './world.ts';

/** What a person does on a page, and what the gateway itself keeps, beside what the page shows. */
export function handOf(seen: () => Seen) {
  const table = (name: string) => seen().page.getByRole('table', { name, exact: true });
  const api = async (path: string): Promise<never> =>
    seen().page.evaluate(async at => (await fetch(at)).json(), `/admin/api/${path}`) as Promise<never>;
  return {
    table,
    row: (name: string, text: string) => table(name).getByRole('row').filter({ hasText: text }),
    dialog: () => seen().page.getByRole('dialog'),
    click: (action: string) => seen().control(action).first().click(),
    fill: (action: string, text: string) => seen().control(action).fill(text),
    choose: (action: string, value: string) => seen().control(action).selectOption(value),
    wrong: (label: string) => seen().page.locator('.field.wrong', { hasText: label }).waitFor(),
    says: (text: string | RegExp) => seen().page.getByText(text).first().waitFor(),
    api,
    /** Asks for a change with the sign-in of the page, and not by the page: nothing of it was used. */
    change: async (method: string, path: string, body?: unknown): Promise<never> => {
      const { page } = seen();
      const boot = await page.locator('#root').getAttribute('data-boot');
      const { formToken } = JSON.parse(boot ?? '{}') as { formToken: string };
      const { origin } = new URL(page.url());
      const answer = await page.request.fetch(`${origin}/admin/api/${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-csrf-token': formToken, origin },
        ...(body !== undefined && { data: JSON.stringify(body) }),
      });
      return (answer.status() === 204 ? null : await answer.json()) as never;
    },
  };
}

/** The browser itself tells what was refused. */
export const isRefusal = (text: string) =>
  /the server responded with a status of (400|401|403|404|409)/.test(text);
