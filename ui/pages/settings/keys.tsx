import { useState } from 'react';
import type { Answer, Refused } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { type Clash, clashes } from '../../kit/forms/edits.ts';
import { useUnsaved } from '../../kit/leaving/use-unsaved.ts';
import { Empty, Read } from '../../kit/parts.tsx';
import { useParam } from '../../shell/place.ts';
import { Changes } from './changes.tsx';
import { Row } from './row.tsx';
import { tabOf } from './tabs.ts';

export type Setting = Answer<'settings.list'>['settings'][number];

/** What was typed, by key, and what stood there then; null takes back what was chosen. */
export type Typed = Readonly<Record<string, { readonly text: string | null; readonly was: unknown }>>;

export const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value);

/** As the gateway reads it from a text; what is neither is said by it. */
function readAs(text: string, setting: Setting): unknown {
  const trimmed = text.trim();
  if (Array.isArray(setting.default) || setting.expects.startsWith('a list'))
    return trimmed === '' ? [] : trimmed.split(/[\s,]+/);
  if (/number/.test(setting.expects) && trimmed !== '' && Number.isFinite(Number(trimmed)))
    return Number(trimmed);
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  return trimmed;
}

function fits({ key, about, env }: Setting, typed: string): boolean {
  const text = `${key} ${about} ${env.join(' ')}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

function bodyOf(typed: Typed, all: readonly Setting[]) {
  const named = all.flatMap(one => {
    const of = typed[one.key];
    return of ? [{ one, ...of }] : [];
  });
  return {
    ...Object.fromEntries(named.map(({ one, text }) => [one.key, text === null ? null : readAs(text, one)])),
    was: Object.fromEntries(named.map(({ one, was }) => [one.key, was])),
  };
}

/** What was typed while it was being saved. */
function typedSince(now: Typed, sent: Typed, body: Readonly<Record<string, unknown>>): Typed {
  const left = Object.entries(now).filter(([key, { text }]) => sent[key]?.text !== text);
  return Object.fromEntries(
    left.map(([key, { text, was }]) => [key, { text, was: key in sent ? body[key] : was }]),
  );
}

/** Where somebody else set what is typed into. */
function clashesOf(typed: Typed, all: readonly Setting[], refused: Refused | null): readonly Clash[] {
  const edits = Object.entries(typed).map(([key, { text, was }]) => [key, { was: textOf(was), now: text }]);
  const start = Object.fromEntries(all.map(({ key, value }) => [key, textOf(value)]));
  return clashes(start, Object.fromEntries(edits), refused);
}

/** Those of one tab, or all that fit what is sought. */
export function Keys({ tab }: { readonly tab: string }) {
  const [sought, setSought] = useParam('q');
  const [typed, setTyped] = useState<Typed>({});
  useUnsaved(Object.keys(typed).length > 0 ? JSON.stringify(typed) : undefined, 'page');
  const settings = useRead('settings.list', {});
  const save = useAct('settings.update', {
    says: ({ changed, needs_restart }) =>
      needs_restart.length > 0
        ? `Saved; ${needs_restart.join(', ')} counts from the next start on`
        : `Saved: ${changed.join(', ') || 'nothing was different'}`,
    isQuiet: true,
  });
  const set = ({ key, value }: Setting, text: string | null | undefined) => {
    const { [key]: before, ...rest } = typed;
    setTyped(text === undefined ? rest : { ...rest, [key]: { text, was: before ? before.was : value } });
  };
  const refused: Refused | null = save.error;
  return (
    <div className="stack">
      <input
        type="search"
        className="narrow"
        data-action="settings.search"
        data-filter
        aria-label="Search all settings"
        placeholder="Search all settings"
        value={sought}
        onChange={event => setSought(event.target.value, 'within')}
      />
      <Read of={settings}>
        {({ settings: all }) => {
          const rows = all.filter(one => (sought === '' ? tabOf(one.key) === tab : fits(one, sought)));
          return (
            <div className="stack">
              {rows.length === 0 && <Empty title="No setting fits" />}
              <div className="settings">
                {rows.map(one => (
                  <Row
                    key={one.key}
                    setting={one}
                    typed={typed[one.key]?.text}
                    refused={refused?.changed ? null : refused}
                    onType={text => set(one, text)}
                  />
                ))}
              </div>
              <Changes
                all={all}
                typed={typed}
                refused={refused}
                isBusy={save.isPending}
                onSave={() => {
                  const body = bodyOf(typed, all);
                  save.mutate({ body }, { onSuccess: () => setTyped(now => typedSince(now, typed, body)) });
                }}
                clashing={{
                  all: clashesOf(typed, all, refused),
                  keepMine: key => {
                    const value = all.find(one => one.key === key)?.value;
                    setTyped({ ...typed, [key]: { text: typed[key]?.text ?? null, was: value } });
                  },
                  takeTheirs: key =>
                    setTyped(Object.fromEntries(Object.entries(typed).filter(([one]) => one !== key))),
                }}
                onForget={() => {
                  save.reset();
                  setTyped({});
                }}
              />
            </div>
          );
        }}
      </Read>
    </div>
  );
}
