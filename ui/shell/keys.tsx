import { useEffect } from 'react';
import { Dialog } from '../kit/dialog.tsx';
import { isBehindDialog, isFree } from '../kit/keys/free.ts';

const KEYS = [
  ['j', 'The next row of the list; the first one, when none is chosen'],
  ['k', 'The row before'],
  ['Enter', 'Opens the row. While it is open, j and k show the next one'],
  ['Esc', 'Closes what is open, and goes back to the row'],
  ['x', 'On Activity: leaves out the server of the row, or the value that has the focus'],
  ['/', 'To the search of the page'],
  ['Ctrl K', 'Pages, servers, people, tools and actions by name'],
  ['?', 'These keys'],
] as const;

/** Which keys there are. */
export function KeyList({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="facts keys">
        {KEYS.map(([key, does]) => (
          <div key={key} className="fact">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">The arrows move as j and k do. While something is typed, keys are letters.</p>
    </Dialog>
  );
}

function toFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLElement>('[data-filter]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  if (filter instanceof HTMLInputElement) filter.select();
}

/** The keys of every page, besides those of its list. */
export function useFrameKeys(onPalette: (() => void) | undefined, onKeys: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (isPalette && onPalette) {
        event.preventDefault();
        onPalette();
      } else if (isBehindDialog() || !isFree(event)) return;
      else if (event.key === '/') toFilter(event);
      else if (event.key === '?') onKeys();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onPalette, onKeys]);
}
