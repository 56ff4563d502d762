/** What was typed and is not saved, in one place of the page. */
type Unsaved = {
  isDirty: boolean;
  /** `view`: a tab or a drawer that is left takes it along. `page`: only another page does. */
  readonly lostBy: 'view' | 'page';
  /** The dialog that it stands in. */
  readonly within: object | undefined;
};

/** Which parts of an address decide what stands on a page; the others filter it. */
const VIEWS = ['tab', 'add', 'open', 'group', 'limit', 'step', 'server', 'tool', 'user', 'kind', 'play-era'];

const all = new Set<Unsaved>();
const readers = new Set<() => void>();
/** What is done when the person leaves all the same. */
let asked: (() => void) | undefined;
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

/** Whether anything typed on the page would be lost with it. */
export const hasUnsaved = (): boolean => [...all].some(({ isDirty }) => isDirty);

/** Of what was removed, or was sent in another way: nobody is asked about it. */
export function forgetUnsaved(): void {
  for (const one of all) one.isDirty = false;
}

/** Goes on at once where nothing is lost, and otherwise when the person says so. */
export function leave(go: () => void, isLost: (one: Unsaved) => boolean): void {
  if (isLetThrough || ![...all].some(one => one.isDirty && isLost(one))) return go();
  ask(() => {
    isLetThrough = true;
    go();
    isLetThrough = false;
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
  const isOtherView = VIEWS.some(name => from.searchParams.get(name) !== to.searchParams.get(name));
  return ({ lostBy }) => isOtherPage || (lostBy === 'view' && isOtherView);
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

/** Before the router looks at where the browser is; wouter tells of the other two by events of its own. */
export function guardHistory(): void {
  window.addEventListener('popstate', onPopState, { capture: true });
  window.addEventListener('pushState', note);
  window.addEventListener('replaceState', note);
  window.addEventListener('beforeunload', event => {
    if (hasUnsaved()) event.preventDefault();
  });
}
