import { useSyncExternalStore } from 'react';
import { Button } from './button.tsx';

type Toast = { readonly id: number; readonly says: string; readonly tone: 'ok' | 'bad' };

const SHOWN_MS = 6_000;
let toasts: readonly Toast[] = [];
let last = 0;
const readers = new Set<() => void>();

function put(next: readonly Toast[]): void {
  toasts = next;
  for (const reader of readers) reader();
}

const drop = (id: number) => put(toasts.filter(toast => toast.id !== id));

/** Says that something was done, or was not; what went wrong stays until it is put away. */
export function toast(says: string, tone: Toast['tone'] = 'ok'): void {
  const id = ++last;
  put([...toasts.filter(one => one.says !== says).slice(-3), { id, says, tone }]);
  if (tone === 'ok') setTimeout(() => drop(id), SHOWN_MS);
}

function follow(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Where toasts are shown and read out (WCAG 4.1.3). Above dialogs, which make everything else inert. */
export function Toasts() {
  const shown = useSyncExternalStore(follow, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, says, tone }) => (
        <div key={id} className={`toast ${tone}`}>
          <span>{says}</span>
          <Button action="toast.close" tone="link" label="Put this message away" onClick={() => drop(id)}>
            Close
          </Button>
        </div>
      ))}
    </div>
  );
}
