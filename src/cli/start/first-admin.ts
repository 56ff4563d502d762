import { printable } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import type { Gateway } from '../../gateway.ts';
import { Refusal } from '../refusal.ts';
import type { Entrance } from './start-text.ts';

/** How a person gets in, and what they should know about the administrator that the environment names. */
export function entranceOf(config: Config, gateway: Gateway, warn: (text: string) => void): Entrance {
  const { firstAdmin, setupLink } = gateway;
  const name = printable(config.adminUsername ?? '');
  if (typeof firstAdmin === 'object') {
    throw new Refusal(`ADMIN_PASSWORD needs ${firstAdmin.weak.join(', ')}.`);
  }
  if (firstAdmin === 'other_password') {
    warn(
      `ADMIN_PASSWORD is not the password of ${name}: it counts at the first start only. To change it: authmcp-gateway user passwd ${name}`,
    );
  }
  if (firstAdmin === 'other_admin')
    warn(`ADMIN_USERNAME ${name} was not made: there is an administrator already.`);
  if (setupLink) return { kind: 'setup', url: setupLink.url.reveal(), until: setupLink.expiresAt };
  return firstAdmin === undefined || firstAdmin === 'other_admin'
    ? { kind: 'dashboard' }
    : { kind: 'sign-in', as: name };
}
