import type { Finished } from '../../upstream/index.ts';

type Says = { readonly status: number; readonly text: readonly [string, ...string[]] };

const REFUSED: Readonly<Record<Extract<Finished, { kind: 'refused' }>['why'], Says>> = {
  unknown: {
    status: 400,
    text: [
      'This is not a connection that was begun here',
      'It was used already, or took longer than ten minutes. Begin it again: from your account, or by calling the tool once more.',
    ],
  },
  other_person: {
    status: 403,
    text: [
      'This connection was begun by somebody else',
      'Nothing was connected. Begin it in this browser, signed in as yourself.',
    ],
  },
  wrong_issuer: {
    status: 400,
    text: [
      'The answer came from somebody else',
      'It names another authorization server than the one that was asked. Nothing was connected.',
    ],
  },
  denied: {
    status: 200,
    text: ['Not connected', 'You said no there, and nothing was connected. You can begin again at any time.'],
  },
  changed: {
    status: 409,
    text: ['The server has changed meanwhile', 'Nothing was connected. Begin it again.'],
  },
  withdrawn: {
    status: 403,
    text: [
      'You may not connect this any more',
      'Your right to it was taken back meanwhile. Nothing was connected.',
    ],
  },
  failed: {
    status: 502,
    text: [
      'Not connected',
      'The authorization server gave no access. Try again; if it stays so, tell your administrator.',
    ],
  },
};

/** What a person reads when they come back from an authorization server; never a word of that server's own. */
export function finishedSays(finished: Finished, title: string): Says {
  if (finished.kind === 'refused') return REFUSED[finished.why];
  return {
    status: 200,
    text: [
      `Connected to ${title}`,
      'You can close this page and go back to your program: it may call again now.',
    ],
  };
}
