/** Why a combination is none. */
export const HEAD_IS_SAID = 'n/a: status and type were said in the head';
export const NO_MESSAGE_YET = 'n/a: a head carries no message';
export const ONE_TEXT = 'n/a: one JSON text has no room for another message';
export const NO_HEADS = 'n/a: a pipe has no heads, statuses and types';
export const NO_EVENTS = 'n/a: a pipe has lines and no events';
export const STOPPED = 'n/a: to a peer over TCP a stopped process is silence';
export const UNREAD =
  'n/a: the answer to this POST says whether the message was taken, and its body is not read';
export const NOTHING_ASKED = 'n/a: nothing is asked on this stream that could be answered twice';
