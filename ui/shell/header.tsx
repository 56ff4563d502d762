import { useEffect } from 'react';
import { useRead } from '../api/use.ts';
import { Button } from '../kit/button.tsx';
import { setDensity, useDensity } from '../kit/density.ts';
import { Choice } from '../kit/parts.tsx';
import { type Level, levelOfHealth, State } from '../kit/state.tsx';
import { useParam, useWindow, WINDOWS } from './place.ts';
import { setTheme, useTheme } from './theme.ts';

const COLOURS: Readonly<Record<Level, string>> = {
  ok: '%231a7f4b',
  bad: '%23c0271d',
  warn: '%239a6700',
  off: '%23777b80',
  unknown: '%23777b80',
};

type Standing = { readonly level: Level; readonly says: string; readonly down: number };

/** How the servers are; nothing is said to be well that could not be read. */
function useStanding(isLost: boolean): Standing {
  const { data, error, errorUpdateCount } = useRead('servers.list', {}, { everyMs: 10_000 });
  if (isLost) return { level: 'unknown', says: 'Not known', down: 0 };
  if (!data || error)
    return { level: 'unknown', says: errorUpdateCount > 0 ? 'Not known' : 'Not known yet', down: 0 };
  const ofState = (state: string) => data.filter(({ health }) => health.state === state).length;
  const [down, ill] = [ofState('down'), ofState('degraded') + ofState('parked')];
  if (down > 0) return { level: levelOfHealth('down'), says: `${down} down`, down };
  if (ill > 0) return { level: levelOfHealth('degraded'), says: `${ill} not well`, down };
  return { level: levelOfHealth('online'), says: 'All well', down };
}

/** The state is in the tab as well, for whoever has the page behind others. */
function useTab({ level, down }: Standing, title: string): void {
  useEffect(() => {
    const dot = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle cx='4' cy='4' r='3.4' fill='${COLOURS[level]}'/></svg>`;
    document.querySelector('link[rel=icon]')?.setAttribute('href', `data:image/svg+xml,${dot}`);
    document.title = `${down > 0 ? `${down} down · ` : ''}${title} · AuthMCP Gateway`;
  }, [level, down, title]);
}

type HeaderProps = { readonly title: string; readonly onSearch: () => void; readonly onRail: () => void };

/** Of every page for administrators: how it stands, which time is looked at, whether it moves, and the search. */
export function AdminHeader({ title, isLost, onSearch, onRail }: HeaderProps & { readonly isLost: boolean }) {
  const standing = useStanding(isLost);
  const [window, setWindow] = useWindow();
  const [live, setLive] = useParam('live', 'on');
  useTab(standing, title);
  const options = [...WINDOWS.map(([id, says]) => [id, says] as const), ['yesterday', 'Yesterday'] as const];
  const isCustom = !options.some(([id]) => id === window.id);
  return (
    <header className="top">
      <Button action="rail.show" tone="link" label="Show the pages" onClick={onRail}>
        Pages
      </Button>
      <State level={standing.level}>{standing.says}</State>
      <span className="grow" />
      <Choice
        label="Time that is shown"
        action="window.choose"
        now={window.id}
        options={isCustom ? [...options, [window.id, 'Chosen time']] : options}
        onChoose={setWindow}
      />
      <Button
        action="live.switch"
        isPressed={live === 'on'}
        onClick={() => setLive(live === 'on' ? 'off' : 'on')}
      >
        {live === 'on' ? 'Live' : 'Paused'}
      </Button>
      <Button action="palette.open" onClick={onSearch}>
        Search <kbd>Ctrl K</kbd>
      </Button>
      <DensitySwitch />
      <ThemeSwitch />
    </header>
  );
}

/** Whether pages move by themselves. */
export function useIsLive(): boolean {
  const [live] = useParam('live', 'on');
  return live === 'on';
}

/** Of the pages for each person: no state of servers, nothing to search. */
export function PortalHeader({ title, onRail }: Omit<HeaderProps, 'onSearch'>) {
  useEffect(() => {
    document.title = `${title} · AuthMCP Gateway`;
  }, [title]);
  return (
    <header className="top">
      <Button action="rail.show" tone="link" label="Show the pages" onClick={onRail}>
        Pages
      </Button>
      <span className="grow" />
      <ThemeSwitch />
    </header>
  );
}

function DensitySwitch() {
  const isCompact = useDensity() === 'compact';
  return (
    <Button
      action="density.switch"
      isPressed={isCompact}
      title="More rows on the page"
      onClick={() => setDensity(isCompact ? 'comfortable' : 'compact')}
    >
      Compact
    </Button>
  );
}

function ThemeSwitch() {
  const options = [
    ['', 'System colours'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ] as const;
  return (
    <Choice label="Colours" action="theme.choose" options={options} now={useTheme()} onChoose={setTheme} />
  );
}
