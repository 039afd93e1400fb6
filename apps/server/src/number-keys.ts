/**
 * The keys under which numbering seals numbers at rest: derived inside the signer from a secret of their own by label
 * (`index/v1`, `data/v1`, `data/v2`, …), as pseudonym keys are, and given to this process only.
 */
import { NumberVault } from '@ishizue/numbering';
import { mustSucceed } from '@ishizue/outcome';
import type { SignerClient } from '@ishizue/signer';

const AT_REST_SECRET = 'numbering/at-rest';

export async function openNumberVault(signer: SignerClient): Promise<NumberVault> {
  mustSucceed(await signer.ensureSecret(AT_REST_SECRET, ['derive']), 'the secret of numbers at rest');
  return NumberVault.open(async (label) =>
    mustSucceed(await signer.deriveKey({ secret: AT_REST_SECRET, label }), `numbering’s key ${label}`),
  );
}
