import { Secret } from '../../base/index.ts';
import { Refusal } from '../refusal.ts';
import type { Terminal } from '../terminal.ts';

export type PassphraseFlags = { readonly passphraseStdin?: boolean };

const LEAST = 12;

async function ask(message: string): Promise<string> {
  const { password, isCancel } = await import('@clack/prompts');
  const answer = await password({ message });
  if (isCancel(answer)) throw new Refusal('Nothing was changed.');
  return answer;
}

/** From standard input, or of a person, who is asked twice where it is a new one. Throws a Refusal. */
export async function givenPassphrase(
  { passphraseStdin }: PassphraseFlags,
  terminal: Terminal,
  isNew: boolean,
): Promise<Secret> {
  if (!passphraseStdin && !(terminal.isInteractive && process.stdin.isTTY === true))
    throw new Refusal('The keys need a passphrase: give it by --passphrase-stdin.');
  const given = passphraseStdin
    ? (await terminal.readInput()).replace(/\r?\n$/, '')
    : await ask('Passphrase of the backup');
  if (isNew && given.length < LEAST) throw new Refusal(`The passphrase needs ${LEAST} characters at least.`);
  if (isNew && !passphraseStdin && (await ask('The same again')) !== given)
    throw new Refusal('The two passphrases differ. Nothing was written.');
  return new Secret(given);
}
