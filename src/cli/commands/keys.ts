import type { Command } from 'commander';
import { systemClock, uuidv7 } from '../../base/index.ts';
import { type Offline, withStore } from '../offline.ts';
import { type CommonFlags, type Context, show, withData, withExamples } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { renderTable, renderTime } from '../table.ts';

type RotateFlags = CommonFlags & { readonly signing?: boolean; readonly data?: boolean };

export function addKeysCommands(program: Command, context: Context): void {
  const keys = program.command('keys').description('list and rotate the keys that sign tokens');
  withData(keys.command('list').description('list the signing keys, never their private halves')).action(
    (flags: CommonFlags) => list(context, flags),
  );
  withExamples(
    withData(
      keys
        .command('rotate')
        .description(
          'sign with the next key, and encrypt what is stored with a new one; tokens that were given out stay good',
        ),
    )
      .option('--signing', 'the signing key alone')
      .option('--data', 'the key that encrypts stored credentials alone'),
    'authmcp-gateway keys rotate',
    'authmcp-gateway keys rotate --data',
    'authmcp-gateway keys list --json',
  ).action((flags: RotateFlags) => rotate(context, flags));
}

async function list(context: Context, flags: CommonFlags): Promise<void> {
  await withStore(flags, async ({ store }) => {
    const keys = (await store.listSigningKeys()).map(({ publicJwk: _, sealedPrivateJwk: __, ...key }) => key);
    const rows = keys.map(({ kid, algorithm, state, createdAt, retiredAt }) => [
      kid,
      algorithm,
      state,
      renderTime(createdAt),
      retiredAt === undefined ? '-' : renderTime(retiredAt),
    ]);
    show(context, flags, keys, renderTable(['ID', 'ALGORITHM', 'STATE', 'MADE', 'RETIRED'], rows));
  });
}

async function rotate(context: Context, flags: RotateFlags): Promise<void> {
  const isAll = flags.signing === flags.data;
  await withStore(flags, async offline => {
    const signing = isAll || flags.signing ? await rotateSigning(offline) : undefined;
    const data = isAll || flags.data ? await rotateData(offline) : undefined;
    const said = [
      signing &&
        `tokens are signed with ${signing.to} from now on, those of ${signing.from ?? 'none'} stay good`,
      data && `what is stored is encrypted with ${data.to} from now on: ${data.resealed} texts anew`,
      data &&
        data.unreadable > 0 &&
        `${data.unreadable} texts cannot be read with the present master secret (JWT_SECRET_KEY, JWT_SECRET_KEY_PREVIOUS) and stay as they are`,
    ].filter(text => typeof text === 'string');
    show(context, flags, { ...signing, ...(data && { data }) }, said.join('\n'));
  });
}

async function rotateSigning(offline: Offline) {
  const { createKeyRing, keyLifeOf } = await import('../../auth/index.ts');
  const { store, config } = offline;
  if (config.signing.pem) {
    throw new Refusal(
      'The signing key is the file of JWT_PRIVATE_KEY_PATH. Put another key there and start the gateway again. What is stored is encrypted anew by: authmcp-gateway keys rotate --data',
    );
  }
  const { master, settings } = config;
  const keepMs = keyLifeOf(settings['jwt.accessTokenExpireMinutes'] * 60_000);
  const turned = await createKeyRing({ store, master, clock: systemClock, keepMs }).rotate();
  if (!turned) throw new Refusal('The keys were rotated by somebody else just now.');
  await note(offline, turned);
  return turned;
}

/** A gateway that runs learns the new key before anything that it reads is sealed by it. */
async function rotateData(offline: Offline) {
  const { store, now } = offline;
  const { current: from } = store.dataKeys.state;
  const done = await store.dataKeys.rotate(now);
  const turned = { from, to: store.dataKeys.state.current };
  await note(offline, turned);
  return { ...turned, ...done };
}

async function note(
  { store, now, audit }: Offline,
  turned: { readonly from: string | undefined; readonly to: string },
): Promise<void> {
  await audit({ action: 'keys.rotate', target: turned.to, before: turned.from, after: turned.to });
  const nobody = { principal: undefined, address: undefined, server: undefined };
  const event = { id: uuidv7(now), at: now, type: 'key_rotated', severity: 'low', count: 1 } as const;
  await store.writeLedger({
    activity: [],
    events: [{ ...event, ...nobody, detail: JSON.stringify({ ...turned, why: 'command' }) }],
  });
}
