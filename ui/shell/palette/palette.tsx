import { useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../../kit/dialog.tsx';
import { seen } from '../../kit/seen.ts';
import { useTo } from '../place.ts';
import { type Found, search } from './found.ts';
import { useSources } from './sources.ts';

const SAYS = 'Pages, servers, people, tools, settings, a request id';
/** More of a name is not to be seen in a row. */
const MOST_LETTERS = 200;

type ListProps = {
  readonly id: string;
  readonly found: readonly Found[];
  readonly at: number;
  readonly onTake: (one: Found) => void;
  readonly onKey: (event: React.KeyboardEvent) => void;
};

function List({ id, found, at, onTake, onKey }: ListProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => void place.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <div ref={place} id={id} role="listbox" aria-label="Found" className="palette">
      {found.map((one, index) => (
        <div
          key={`${one.kind} ${one.id}`}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          data-action="palette.take"
          onClick={() => onTake(one)}
          onKeyDown={onKey}
        >
          <span className="soft">{one.kind}</span>
          <bdi>{seen(one.title.slice(0, MOST_LETTERS))}</bdi>
          {one.more && <bdi className="soft">{seen(one.more.slice(0, MOST_LETTERS))}</bdi>}
        </div>
      ))}
      {found.length === 0 && <p className="soft">Nothing has this name.</p>}
    </div>
  );
}

type Props = { readonly onClose: () => void; readonly onKeys: () => void };

/** Whatever has a name here, and whatever can be done. */
export function Palette({ onClose, onKeys }: Props) {
  const [, go] = useLocation();
  const to = useTo();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  // A letter is there at once, whatever is to be drawn of what it finds.
  const sought = useDeferredValue(typed);
  const sources = useSources(typed, onKeys);
  const found = useMemo(() => search(sources, sought), [sources, sought]);
  const take = (one: Found | undefined) => {
    if (!one) return;
    onClose();
    if (typeof one.to === 'function') one.to();
    else go(typeof one.to === 'string' ? one.to : to(...one.to));
  };
  const onKey = (event: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // Who types and takes at once is not given what was found before.
    if (event.key === 'Enter') take((typed === sought ? found : search(sources, typed))[at]);
    else if (by !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + by)));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" onClose={onClose} isWide>
      <input
        type="text"
        role="combobox"
        aria-label={SAYS}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        data-action="palette.type"
        placeholder={SAYS}
        value={typed}
        onKeyDown={onKey}
        onChange={event => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <List id={id} found={found} at={at} onTake={take} onKey={onKey} />
    </Dialog>
  );
}
