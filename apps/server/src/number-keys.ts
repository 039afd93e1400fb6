/**
 * The keys under which numbers are sealed, derived inside the signer by label, as pseudonym keys are, and given to this
 * process only: numbering's at rest (`index/v1`, `data/v1`, `data/v2`, …), and that of the registry's sites, each from
 * a secret of its own.
 */
import { NumberVault } from '@ishizue/numbering';
import { mustSucceed } from '@ishizue/outcome';
import { NumberCipher } from '@ishizue/registry';
import type { SignerClient } from '@ishizue/signer';

const AT_REST_SECRET = 'numbering/at-rest';
const REGISTRY_SECRET = 'registry/individual-numbers';

export async function openNumberVault(signer: SignerClient): Promise<NumberVault> {
  mustSucceed(await signer.ensureSecret(AT_REST_SECRET, ['derive']), 'the secret of numbers at rest');
  return NumberVault.open(async (label) =>
    mustSucceed(await signer.deriveKey({ secret: AT_REST_SECRET, label }), `numbering’s key ${label}`),
  );
}

/** The cipher of numbers in the registry: one for all sites of the installation. */
export async function openNumberCipher(signer: SignerClient): Promise<NumberCipher> {
  mustSucceed(await signer.ensureSecret(REGISTRY_SECRET, ['derive']), 'the secret of sealed numbers');
  return NumberCipher.open(async (label) =>
    mustSucceed(await signer.deriveKey({ secret: REGISTRY_SECRET, label }), `the registry’s key ${label}`),
  );
}
