/** What was typed and is not saved, in one place of the page. */
type Unsaved = {
  isDirty: boolean;
  readonly lostBy: LostBy;
  /** The dialog that it stands in. */
  readonly within: object | undefined;
  /** What it is about, by its id. */
  about: string | undefined;
};

/**
 * `view`: a tab or a drawer that is left takes it along. `page`: only another page does. Names are those of the
 * parameters of the address that take it along, where the others do not.
 */
export type LostBy = 'view' | 'page' | readonly string[];

const all = new Set<Unsaved>();
const readers = new Set<() => void>();
/** What is done when the person leaves all the same. */
let asked: (() => void) | undefined;
let isOfView = (_name: string): boolean => false;
let isLetThrough = false;
let isGoingBack = false;
let here = { href: location.href, state: history.state as unknown };

function ask(go: (() => void) | undefined): void {
  asked = go;
  for (const reader of readers) reader();
}

export function followAsked(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

export const askedNow = (): (() => void) | undefined => asked;

export function addUnsaved(one: Unsaved): () => void {
  all.add(one);
  return () => all.delete(one);
}

/** Whether anything typed about it would be lost with it. */
export const hasUnsaved = (about: string): boolean =>
  [...all].some(one => one.isDirty && one.about === about);

/** Of what was removed: nobody is asked about what was typed about it. */
export function forgetUnsaved(about: string): void {
  for (const one of all) if (one.about === about) one.isDirty = false;
}

/** Goes on at once where nothing is lost, and otherwise when the person says so. */
export function leave(go: () => void, isLost: (one: Unsaved) => boolean): void {
  if (isLetThrough || ![...all].some(one => one.isDirty && isLost(one))) return go();
  ask(() => {
    isLetThrough = true;
    try {
      go();
    } finally {
      isLetThrough = false;
    }
  });
}

/** The answer to the question; without it the person stays, and everything with them. */
export function answerLeave(isLeaving: boolean): void {
  const go = asked;
  ask(undefined);
  if (isLeaving) go?.();
}

function isLostBetween(from: URL, to: URL): (one: Unsaved) => boolean {
  const isOtherPage = from.pathname !== to.pathname;
  const names = new Set([...from.searchParams.keys(), ...to.searchParams.keys()]);
  const other = [...names].filter(name => from.searchParams.get(name) !== to.searchParams.get(name));
  const takesAlong = (lostBy: LostBy) => {
    if (lostBy === 'page') return false;
    return other.some(lostBy === 'view' ? isOfView : name => lostBy.includes(name));
  };
  return ({ lostBy }) => isOtherPage || takesAlong(lostBy);
}

/** Every link and every address that the pages go to. */
export function aroundNav<Options>(
  navigate: (to: string, options?: Options) => void,
  to: string,
  options?: Options,
): void {
  const target = new URL(to, location.href);
  leave(() => navigate(to, options), isLostBetween(new URL(location.href), target));
}

/** The browser has gone back already when it says so: the page is put in its place again, and left when that is meant. */
function onPopState(event: PopStateEvent): void {
  const isLost = isLostBetween(new URL(here.href), new URL(location.href));
  if (isGoingBack || ![...all].some(one => one.isDirty && isLost(one))) {
    isGoingBack = false;
    note();
    return;
  }
  event.stopImmediatePropagation();
  history.pushState(here.state, '', here.href);
  ask(() => {
    isGoingBack = true;
    history.back();
  });
}

function note(): void {
  here = { href: location.href, state: history.state as unknown };
}

/**
 * Before the router looks at where the browser is; wouter tells of the other two by events of its own. `ofView`: which
 * parameters of an address decide what stands on a page.
 */
export function guardHistory(ofView: (name: string) => boolean): void {
  isOfView = ofView;
  window.addEventListener('popstate', onPopState, { capture: true });
  window.addEventListener('pushState', note);
  window.addEventListener('replaceState', note);
  window.addEventListener('beforeunload', event => {
    if ([...all].some(({ isDirty }) => isDirty)) event.preventDefault();
  });
}
