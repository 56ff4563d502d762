import { describe, expect, it } from 'vitest';
import { mutations, namedByPages, type Used, unusedOf, wronglyListed } from '../support/controls.ts';

const NOTHING: Used = { used: [], shown: [], changes: [], nameless: [] };

describe('what the pages can do', () => {
  it('is every change of the API but those that are listed with the reason, and the list has none too many', async () =>
    expect(await wronglyListed()).toEqual([]));

  it('is missed by name where no test used it', async () => {
    const { names, operations } = await namedByPages();
    const unused = await unusedOf([NOTHING]);
    expect(names.length).toBeGreaterThan(250);
    for (const name of ['server.add', 'person.account-remove', 'need.open', 'play.field'])
      expect(unused).toContain(`control ${name}`);
    for (const id of operations.filter(one => mutations.includes(one)))
      expect(unused).toContain(`change ${id}`);
  });

  it.each([
    ['was clicked', { used: ['server.add'] }, 'control server.add'],
    ['has a name put together of parts', { used: ['limit.requests'] }, 'control limit.*'],
    [
      'was answered well',
      { changes: ['PATCH /admin/api/oauth-clients'] },
      'change oauth-clients.update-by-url',
    ],
    ['has an id in its path', { changes: ['DELETE /admin/api/users/0-1'] }, 'change users.remove'],
  ])('counts as used where it %s', async (_, used, line) => {
    expect(await unusedOf([{ ...NOTHING, ...used }])).not.toContain(line);
  });

  it('counts what was in sight as well, and what has no name', async () => {
    const shown = { ...NOTHING, shown: ['rows.open'], nameless: ['<button>'] };
    const unused = await unusedOf([shown, { ...NOTHING, changes: ['POST /login', 'PUT /admin/api/users'] }]);
    expect(unused).toContain('control rows.open');
    expect(unused).toContain('control without data-action <button>');
    expect(unused).toContain('change users.create');
  });
});
