import { createContext, useContext, useEffect, useRef } from 'react';
import { addUnsaved, type LostBy, leave } from './unsaved.ts';

/** The dialog that something stands in. */
export const Within = createContext<object | undefined>(undefined);

/** What the forms in it are about, by its id: they end with it. */
export const About = createContext<string | undefined>(undefined);

/** What takes the forms in it along, where that is not every other view of the page. */
export const Lost = createContext<LostBy>('view');

/**
 * Keeps what was typed from being left by accident: whoever leaves is asked once. `text` is what was typed, as it
 * stands now; undefined while nothing was. What is given back is told which text was saved.
 */
export function useUnsaved(
  text: string | undefined,
  lostBy = useContext(Lost),
): (text: string | undefined) => void {
  const within = useContext(Within);
  const about = useContext(About);
  const saved = useRef<string>(undefined);
  const one = useRef({ isDirty: false, lostBy, within, about });
  one.current.isDirty = text !== undefined && text !== saved.current;
  one.current.about = about;
  useEffect(() => addUnsaved(one.current), []);
  return was => {
    saved.current = was;
    one.current.isDirty = text !== undefined && text !== was;
  };
}

/** Of a dialog, or a form in one: its end, when nothing that was typed in it is lost by that. */
export function useLeave(onClose: () => void, of?: object): () => void {
  const around = useContext(Within);
  const within = of ?? around;
  return () => leave(onClose, one => within !== undefined && one.within === within);
}
