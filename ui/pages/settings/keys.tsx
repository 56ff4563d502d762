import { useState } from 'react';
import type { Answer, Refused } from '../../api/client.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Empty, Read } from '../../kit/parts.tsx';
import { useParam } from '../../shell/place.ts';
import { Changes } from './changes.tsx';
import { Row } from './row.tsx';
import { tabOf } from './tabs.ts';

export type Setting = Answer<'settings.list'>['settings'][number];

/** What was typed, by key; null takes back what was chosen. */
export type Typed = Readonly<Record<string, string | null>>;

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
  const named = all.filter(({ key }) => key in typed);
  return Object.fromEntries(
    named.map(one => [one.key, typed[one.key] === null ? null : readAs(typed[one.key] ?? '', one)]),
  );
}

/** Those of one tab, or all that fit what is sought. */
export function Keys({ tab }: { readonly tab: string }) {
  const [sought, setSought] = useParam('q');
  const [typed, setTyped] = useState<Typed>({});
  const settings = useRead('settings.list', {});
  const save = useAct('settings.update', {
    says: ({ changed, needs_restart }) =>
      needs_restart.length > 0
        ? `Saved; ${needs_restart.join(', ')} counts from the next start on`
        : `Saved: ${changed.join(', ') || 'nothing was different'}`,
    isQuiet: true,
    onDone: () => setTyped({}),
  });
  const set = (key: string, text: string | null | undefined) => {
    const { [key]: _, ...rest } = typed;
    setTyped(text === undefined ? rest : { ...rest, [key]: text });
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
        onChange={event => setSought(event.target.value)}
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
                    typed={typed[one.key]}
                    refused={refused}
                    onType={text => set(one.key, text)}
                  />
                ))}
              </div>
              <Changes
                all={all}
                typed={typed}
                refused={refused}
                isBusy={save.isPending}
                onSave={() => save.mutate({ body: bodyOf(typed, all) })}
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
