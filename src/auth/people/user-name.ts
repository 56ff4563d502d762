/** What a person who comes alone may be called. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{2,49}$/;

/** What an administrator may call people and groups: it stands in grants, commands and files, and means nothing there. */
export function isName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]{0,63}$/u.test(name);
}

/** Ends the sentence "a name has ...". */
export const NAME_HAS = '1 to 64 letters, digits, _ . @ or -';
