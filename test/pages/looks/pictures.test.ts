import { describe, expect, it } from 'vitest';
import { framePaths, pagesWithoutPlace, picturesMissing } from '../support/pictures.ts';
import { OPENED, PLACES } from '../support/places.ts';

describe('the pictures of a run', () => {
  it('are of each page of the frame', async () => {
    expect((await framePaths()).length).toBeGreaterThan(12);
    expect(await pagesWithoutPlace()).toEqual([]);
  });

  it('miss the page to which nothing leads, and no other', async () => {
    const rest = PLACES.filter(([name]) => !name.startsWith('person-') && name !== 'connect');
    expect(await pagesWithoutPlace(rest)).toEqual(['/admin/people/:id', '/account/connect']);
    expect(await pagesWithoutPlace([])).toEqual(await framePaths());
  });

  it('are missed by name, each in both themes', () => {
    const missing = picturesMissing(['page-home-light.png', 'page-login-dark.png']);
    expect(missing).toHaveLength(2 * (PLACES.length + OPENED.length + 2) - 2);
    expect(missing).toEqual(expect.arrayContaining(['page-home-dark.png', 'page-setup-light.png']));
    expect(missing).not.toContain('page-home-light.png');
  });
});
