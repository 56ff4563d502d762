import { systemClock } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import { hashNewPassword } from '../password.ts';
import type { RunningGateway } from './running-gateway.ts';
import type { Entrance } from './start-text.ts';

/** Makes the administrator of ADMIN_USERNAME where there is none, or else a setup link. */
export async function entranceOf(
  config: Config,
  gateway: RunningGateway,
  warn: (text: string) => void,
): Promise<Entrance> {
  const { createPasswords, createSetup } = await import('../../auth/index.ts');
  const { store } = gateway;
  const { adminUsername: name, adminPassword: password } = config;
  if (name !== undefined && password !== undefined) {
    const existing = await store.userByName(name);
    if (existing !== undefined) {
      const hash = await store.passwordHashOf(existing.id);
      const isSame = await createPasswords().verify(hash, password);
      if (!isSame)
        warn(
          `ADMIN_PASSWORD is not the password of ${name}; it only counts at the first start. To change it: authmcp-gateway user passwd ${name}`,
        );
      return { kind: 'sign-in', as: name };
    }
    const passwordHash = await hashNewPassword(password, config.settings);
    const user = { name, email: config.adminEmail, passwordHash, role: 'admin' } as const;
    const made = await store.createFirstAdmin(user, systemClock.now());
    if (made === 'exists')
      warn(`ADMIN_USERNAME ${name} was not made: there is another administrator already.`);
    else return { kind: 'sign-in', as: name };
  }
  const setup = createSetup({ store, clock: systemClock, origin: () => gateway.origin });
  if (!(await setup.isWaiting())) return { kind: 'dashboard' };
  const { url, expiresAt } = await setup.newLink();
  return { kind: 'setup', url: url.reveal(), until: expiresAt };
}
