import { Secret } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { Refusal } from './refusal.ts';
import type { Terminal } from './terminal.ts';

export type PasswordFlags = { readonly password?: string; readonly passwordStdin?: boolean };

/** The password of a flag, of standard input, or of a person who is asked; undefined where there is none of these. */
export async function givenPassword(flags: PasswordFlags, terminal: Terminal): Promise<Secret | undefined> {
  if (flags.password !== undefined) return new Secret(flags.password);
  if (flags.passwordStdin) {
    const text = (await terminal.readInput()).replace(/\r?\n$/, '');
    return text === '' ? undefined : new Secret(text);
  }
  if (!canAsk(terminal)) return undefined;
  const { password, isCancel } = await import('@clack/prompts');
  const answer = await password({ message: 'Password' });
  if (isCancel(answer)) throw new Refusal('Nothing was changed.');
  return new Secret(answer);
}

/** One line from a person, or undefined where nobody can be asked. */
export async function askFor(message: string, terminal: Terminal): Promise<string | undefined> {
  if (!canAsk(terminal)) return undefined;
  const { text, isCancel } = await import('@clack/prompts');
  const answer = await text({ message });
  if (isCancel(answer)) throw new Refusal('Nothing was changed.');
  return answer;
}

function canAsk(terminal: Terminal): boolean {
  return terminal.isInteractive && process.stdin.isTTY === true;
}

/** Checks the policy and hashes. Throws a Refusal that names what the password lacks. */
export async function hashNewPassword(password: Secret, settings: Config['settings']): Promise<string> {
  const { brokenRules, createPasswords } = await import('../auth/index.ts');
  const lacks = brokenRules(password, {
    minLength: settings['passwordPolicy.minLength'],
    requireUppercase: settings['passwordPolicy.requireUppercase'],
    requireLowercase: settings['passwordPolicy.requireLowercase'],
    requireDigit: settings['passwordPolicy.requireDigit'],
    requireSpecial: settings['passwordPolicy.requireSpecial'],
  });
  if (lacks.length > 0) throw new Refusal(`The password needs ${lacks.join(', ')}.`);
  return createPasswords().hash(password);
}

/** A hash that was made elsewhere, from standard input. Throws a Refusal for one that no login could check. */
export async function givenHash(terminal: Terminal): Promise<string> {
  const { isPasswordHash } = await import('../auth/index.ts');
  const hash = (await terminal.readInput()).trim();
  if (!isPasswordHash(hash))
    throw new Refusal(
      'That is no password hash that a login can check: argon2 ($argon2id$...) or bcrypt ($2b$..., cost up to 14).',
    );
  return hash;
}
