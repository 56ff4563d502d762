/** What the document brought: who is signed in, and which gateway this is. */
export type Boot = {
  readonly id: string;
  readonly name: string;
  readonly role: 'admin' | 'auditor' | 'user';
  readonly formToken: string;
  readonly origin: string;
  readonly version: string;
  /** Only this machine can reach the gateway. */
  readonly isPrivate: boolean;
  /** The command line of a server to try things with. */
  readonly sample?: string;
};

function read(): Boot {
  return JSON.parse(document.getElementById('root')?.dataset.boot ?? '{}') as Boot;
}

export const boot: Boot = read();

/** Auditors see everything and change nothing. */
export const mayChange = boot.role === 'admin';
