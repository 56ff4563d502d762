import { useEffect } from 'react';
import { Dialog } from '../kit/dialog.tsx';
import { isBehindDialog, isFree } from '../kit/keys/free.ts';

const EVERYWHERE = [
  ['/', 'To the search of the page'],
  ['Esc', 'Closes what is open, and goes back to where one was'],
  ['?', 'These keys'],
] as const;

const OF_LISTS = [
  ['j', 'The next row of the list; the first one, when none is chosen'],
  ['k', 'The row before'],
  ['Enter', 'Opens the row. While it is open, j and k show the next one'],
  ['x', 'On Activity: leaves out the server of the row, or the value that has the focus'],
  ['Ctrl K', 'Whatever has a name here, and what can be done'],
] as const;

type KeyListProps = { readonly isAdmin: boolean; readonly onClose: () => void };

/** Which keys there are. The portal has no lists to go through. */
export function KeyList({ isAdmin, onClose }: KeyListProps) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="facts">
        {[...(isAdmin ? OF_LISTS : []), ...EVERYWHERE].map(([key, does]) => (
          <div key={key} className="fact">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">
        {isAdmin && 'The arrows move as j and k do. '}While something is typed, keys are letters.
      </p>
    </Dialog>
  );
}

function toFilter(event: KeyboardEvent): void {
  // A tab that is not looked at keeps what was typed into its search.
  const filter = [...document.querySelectorAll<HTMLElement>('[data-filter]')].find(one =>
    one.checkVisibility(),
  );
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
