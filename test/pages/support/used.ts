import { mkdir, writeFile } from 'node:fs/promises';
import type { BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import { notesOf, USED_DIR, type Used } from './controls.ts';

/** Runs in the page before anything else, and tells each thing once. */
const WATCH = `(() => {
  const told = new Set();
  const tell = (kind, what) => {
    if (!what || told.has(kind + what)) return;
    told.add(kind + what);
    globalThis.tellUse(kind, what);
  };
  const CONTROLS = 'a[href], button, input:not([type=hidden], [hidden]), select, textarea, summary';
  const TYPED = 'input:not([type=checkbox], [type=radio], [type=file]), select, textarea';
  const on = (type, isUse) =>
    addEventListener(type, ({ target }) => {
      const control = target instanceof Element && target.closest('[data-action], ' + CONTROLS);
      if (control && isUse(control)) tell('used', control.dataset.action);
    }, true);
  on('click', control => !control.matches(TYPED));
  on('input', control => control.matches(TYPED));
  const look = () => {
    for (const { dataset } of document.querySelectorAll('[data-action]')) tell('shown', dataset.action);
    for (const control of document.querySelectorAll('#root :is(' + CONTROLS + '):not([data-action])'))
      tell('nameless', control.outerHTML.slice(0, 120));
  };
  let waiting = 0;
  new MutationObserver(() => {
    waiting ||= setTimeout(() => { waiting = 0; look(); }, 50);
  }).observe(document, { childList: true, subtree: true, attributeFilter: ['data-action'] });
})();`;

/** Of this file of tests: each runs with modules of its own. */
const notes = { used: new Set<string>(), shown: new Set<string>(), nameless: new Set<string>() };
const changes = new Set<string>();

/** Notes from now on what is used in the pages of this context. */
export async function watchUse(context: BrowserContext): Promise<void> {
  await context.exposeBinding('tellUse', (_, kind: keyof typeof notes, what: string) => {
    notes[kind].add(what);
  });
  await context.addInitScript(WATCH);
  context.on('response', response => {
    const method = response.request().method();
    if (method !== 'GET' && response.ok()) changes.add(`${method} ${new URL(response.url()).pathname}`);
  });
}

/** A file that runs again writes over what it noted before. */
export async function saveUse(): Promise<void> {
  const { used, shown, nameless } = notes;
  const said = { used: [...used], shown: [...shown], nameless: [...nameless], changes: [...changes] };
  await mkdir(USED_DIR, { recursive: true });
  const path = notesOf(expect.getState().testPath ?? 'unknown');
  await writeFile(path, JSON.stringify(said satisfies Used, null, 2));
}
