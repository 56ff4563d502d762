import { type Command, Option } from 'commander';
import { many } from '../options.ts';
import { Refusal } from '../refusal.ts';
import type { Terminal } from '../terminal.ts';

export type OAuthFlags = {
  readonly oauth?: 'user' | 'gateway';
  readonly grant?: string;
  readonly clientId?: string;
  readonly clientSecretStdin?: boolean;
  readonly refreshTokenStdin?: boolean;
  readonly scope?: readonly string[];
  readonly issuer?: string;
  readonly tokenEndpoint?: string;
};

const GRANTS = ['authorization_code', 'client_credentials', 'refresh_token'];

/** For servers that want OAuth: whose account, and how the gateway gets its tokens. */
export function withOAuth(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--oauth <whose>',
        'the server wants OAuth: user (each person has an account there) or gateway (one for all)',
      ).choices(['user', 'gateway']),
    )
    .addOption(new Option('--grant <grant>', 'how tokens are got (authorization_code)').choices(GRANTS))
    .option(
      '--client-id <id>',
      'the client that you registered there; without it the gateway registers itself',
    )
    .option('--client-secret-stdin', 'read its secret from standard input')
    .option('--refresh-token-stdin', 'read the refresh token of --grant refresh_token from standard input')
    .option('--scope <scope>', 'what to ask for; may be given several times', many)
    .option('--issuer <url>', 'the authorization server, where the server does not name it')
    .option('--token-endpoint <url>', 'where tokens are got, where nothing names it');
}

/** As the configuration file writes it; undefined where the server wants none. Throws a Refusal. */
export async function oauthOf(flags: OAuthFlags, terminal: Terminal): Promise<object | undefined> {
  const { oauth: per, grant, clientId, scope, issuer, tokenEndpoint } = flags;
  const { clientSecretStdin, refreshTokenStdin } = flags;
  const rest = {
    grant,
    clientId,
    scopes: scope,
    issuer,
    tokenEndpoint,
    clientSecretStdin,
    refreshTokenStdin,
  };
  if (per === undefined) {
    if (Object.values(rest).some(one => one !== undefined))
      throw new Refusal('Say whose account it is: --oauth user or --oauth gateway.');
    return undefined;
  }
  if (clientSecretStdin && refreshTokenStdin)
    throw new Refusal('--client-secret-stdin and --refresh-token-stdin exclude each other.');
  const secret = clientSecretStdin || refreshTokenStdin ? (await terminal.readInput()).trim() : undefined;
  if (secret === '') throw new Refusal('Nothing came by standard input.');
  return {
    ...{ per, grant, clientId, scopes: scope, issuer, tokenEndpoint },
    ...(clientSecretStdin && { clientSecret: secret }),
    ...(refreshTokenStdin && { refreshToken: secret }),
  };
}
