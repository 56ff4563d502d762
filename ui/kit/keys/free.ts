/** Whether a key belongs to what is being typed. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null
  );
}

/** A dialog that has the page alone has its keys alone as well. */
export const isBehindDialog = (of: Element | null = null): boolean => {
  const modal = document.querySelector('dialog:modal');
  return modal !== null && !modal.contains(of);
};

/** Pressed by itself, meant for the page: nobody types, and nothing else took it. */
export function isFree(event: KeyboardEvent): boolean {
  const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey;
  return isAlone && !event.defaultPrevented && !event.isComposing && !isTyping(event.target);
}
