/**
 * The signer program's settings and the environment variables that carry them, in both directions: the program reads
 * them, whoever spawns it writes them. The passphrase itself is never in the environment, only its file's path.
 */
import type { KeyTypeSettings } from '@ishizue/jpki/lints';
import { fail, ok, type Result } from '@ishizue/outcome';

export interface SignerSettings {
  readonly socketPath: string;
  readonly keyStorePath: string;
  readonly statePath: string;
  /** A file whose text, without the final newline, is the passphrase. */
  readonly passphraseFile: string;
  /** The numeric group whose members may connect besides the signer's own user. */
  readonly clientGroupId?: number;
  /** Which kinds of keys are certified from which day on, as operators write it. */
  readonly keyTypes?: KeyTypeSettings;
  /** A PKCS#11 token for some of the keys. */
  readonly token?: TokenSettings;
  /** End when the spawning process closes the pipe to standard input. */
  readonly exitWithParent?: boolean;
}

const PATHS = {
  socketPath: 'ISHIZUE_SIGNER_SOCKET',
  keyStorePath: 'ISHIZUE_SIGNER_KEY_STORE',
  statePath: 'ISHIZUE_SIGNER_STATE',
  passphraseFile: 'ISHIZUE_SIGNER_PASSPHRASE_FILE',
} as const;
export interface TokenSettings {
  /** The PKCS#11 library of the token's maker. */
  readonly library: string;
  readonly label: string;
  /** A file whose text, without the final newline, is the PIN. */
  readonly pinFile: string;
}

const TOKEN = {
  library: 'ISHIZUE_SIGNER_TOKEN_LIBRARY',
  label: 'ISHIZUE_SIGNER_TOKEN_LABEL',
  pinFile: 'ISHIZUE_SIGNER_TOKEN_PIN_FILE',
} as const;
const KEY_TYPES = { holder: 'ISHIZUE_HOLDER_KEYS', authority: 'ISHIZUE_AUTHORITY_KEYS' } as const;
const CLIENT_GROUP = 'ISHIZUE_SIGNER_CLIENT_GROUP';
const EXIT_WITH_PARENT = 'ISHIZUE_SIGNER_EXIT_WITH_PARENT';

/** The variables that make the program take these settings. */
export function signerEnvironment(settings: SignerSettings): Record<string, string> {
  const paths = Object.entries(PATHS).map(([field, name]) => [name, settings[field as keyof typeof PATHS]]);
  return {
    ...Object.fromEntries(paths),
    ...(settings.clientGroupId !== undefined && { [CLIENT_GROUP]: String(settings.clientGroupId) }),
    ...(settings.keyTypes && {
      [KEY_TYPES.holder]: settings.keyTypes.holder,
      [KEY_TYPES.authority]: settings.keyTypes.authority,
    }),
    ...(settings.token && {
      [TOKEN.library]: settings.token.library,
      [TOKEN.label]: settings.token.label,
      [TOKEN.pinFile]: settings.token.pinFile,
    }),
    ...(settings.exitWithParent && { [EXIT_WITH_PARENT]: '1' }),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the token is, all of it or nothing. */
function readTokenSettings(environment: Environment): Result<TokenSettings | undefined, 'setting-missing'> {
  const names = Object.values(TOKEN);
  const missing = names.filter((name) => !environment[name]);
  if (missing.length === names.length) return ok(undefined);
  if (missing.length > 0) return fail('setting-missing', missing.join(', '));
  return ok({
    library: environment[TOKEN.library] ?? '',
    label: environment[TOKEN.label] ?? '',
    pinFile: environment[TOKEN.pinFile] ?? '',
  });
}

/** The settings from the environment. */
export function readSettings(
  environment: Environment,
): Result<SignerSettings, 'setting-missing' | 'setting-invalid'> {
  const missing = Object.values(PATHS).filter((name) => !environment[name]);
  if (missing.length > 0) return fail('setting-missing', missing.join(', '));
  const token = readTokenSettings(environment);
  if (!token.ok) return token;
  const group = environment[CLIENT_GROUP];
  if (group !== undefined && !/^\d{1,9}$/.test(group)) return fail('setting-invalid', CLIENT_GROUP);
  return ok({
    socketPath: environment[PATHS.socketPath] ?? '',
    keyStorePath: environment[PATHS.keyStorePath] ?? '',
    statePath: environment[PATHS.statePath] ?? '',
    passphraseFile: environment[PATHS.passphraseFile] ?? '',
    ...(group !== undefined && { clientGroupId: Number(group) }),
    keyTypes: {
      holder: environment[KEY_TYPES.holder] ?? '',
      authority: environment[KEY_TYPES.authority] ?? '',
    },
    ...(token.value && { token: token.value }),
    exitWithParent: environment[EXIT_WITH_PARENT] === '1',
  });
}
