/**
 * The name under which an access's proof is downloaded. Site and leaf index name a ledger entry for ever, so that a
 * link goes to the same access however many come after it.
 */
import type { ShownAccess } from '@ishizue/demo';

/** `municipal-132217-42.json`; undefined until the access is sealed. */
export const proofName = ({ site, proof }: ShownAccess): string | undefined =>
  proof && `${site.replaceAll('/', '-')}-${proof.index}.json`;
