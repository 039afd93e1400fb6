/** The context of sign-in with the card, over its ground. */
import type { JpkiContext } from '@ishizue/jpki';
import { codesOfHolder, type RegistryContext } from '@ishizue/registry';
import { ensureTokenKeys, openSignInSecrets, type SignInContext } from '@ishizue/sign-in';
import { demonstrationReader } from './demonstration-reader.ts';
import type { Ground } from './ground.ts';

export async function openSignIn(
  { database, clock, pseudonyms, signer, configuration, directory }: Ground,
  registry: RegistryContext,
  jpki: JpkiContext,
): Promise<SignInContext> {
  const context: SignInContext = {
    sql: database.pool('sign_in'),
    clock,
    pseudonyms,
    jpki,
    signer,
    origin: configuration.publicOrigin,
    codesOfHolder: (code) => codesOfHolder(registry, code),
    secrets: await openSignInSecrets(signer),
    reader: configuration.isDemonstration ? demonstrationReader(directory.cards) : undefined,
    onTrouble: () => undefined,
  };
  await ensureTokenKeys(context);
  return context;
}
