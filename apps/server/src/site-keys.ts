/**
 * What sites ask of the signer: signatures on links and ledgers, pseudonym keys, the two permutations. Keys are made when
 * first asked for, which the signer does once a name.
 */
import {
  type CheckpointSigner,
  formatVerifierKey,
  type PseudonymKeyOf,
  type VerifierKey,
} from '@ishizue/ledger';
import { keyIdOf, type Signing } from '@ishizue/link';
import { mustSucceed, ok } from '@ishizue/outcome';
import type { SignerClient, SignerResult } from '@ishizue/signer';

const PSEUDONYM_SECRET = 'ledger/pseudonyms';
const RESIDENT_CODE_KEY = 'registry/resident-code';
const INDIVIDUAL_NUMBER_KEY = 'numbering/individual-number';
const ED25519_RAW_BYTES = 32;
const PERMUTED_AT_ONCE = 10_000;

const linkKey = (site: string): string => `link/${site}`;
const ledgerKey = (site: string): string => `ledger/${site}`;

/** The origin of a site's ledger: what a reader of a checkpoint knows the log by. */
const ledgerOrigin = (site: string): string => `ledger.ishizue.test/${site}`;

/** The keys of the sites of an installation, opened. */
export interface SiteKeys {
  readonly signing: Signing;
  readonly checkpoints: CheckpointSigner;
  readonly pseudonymKeyOf: PseudonymKeyOf;
  /** The raw Ed25519 key with which a site signed on links first. */
  linkKeyOf(site: string): Buffer;
  /** The verifier key of a site's ledger, as C2SP signed-note writes it. */
  ledgerKeyOf(site: string): string;
  readonly permuteResidentCode: Permute;
  readonly permuteIndividualNumber: Permute;
}

type Permute = (values: readonly string[]) => Promise<readonly string[]>;

/** Makes what is missing and reads what is public. Keys of several sites are asked for at once. */
export async function openSiteKeys(signer: SignerClient, sites: readonly string[]): Promise<SiteKeys> {
  mustSucceed(await signer.ensureSecret(PSEUDONYM_SECRET, ['derive']), 'the secret of pseudonyms');
  const pairs = await Promise.all(sites.map(async (site) => [site, await openKeysOf(signer, site)] as const));
  const keys = new Map(pairs);
  const keysOf = (site: string): KeysOfSite => {
    const found = keys.get(site);
    if (!found) throw new Error(`no keys were opened for ${site}`);
    return found;
  };
  return {
    signing: linkSigning(signer, new Map(pairs.map(([site, { link }]) => [keyIdOf(link), linkKey(site)]))),
    checkpoints: checkpointSigner(signer, (site) => keysOf(site).ledger),
    pseudonymKeyOf: (site) => keysOf(site).pseudonym,
    linkKeyOf: (site) => keysOf(site).link,
    ledgerKeyOf: (site) => formatVerifierKey(keysOf(site).ledger),
    permuteResidentCode: await openPermutation(signer, RESIDENT_CODE_KEY, 10),
    permuteIndividualNumber: await openPermutation(signer, INDIVIDUAL_NUMBER_KEY, 11),
  };
}

interface KeysOfSite {
  readonly link: Buffer;
  readonly ledger: VerifierKey;
  readonly pseudonym: Buffer;
}

async function openKeysOf(signer: SignerClient, site: string): Promise<KeysOfSite> {
  const [link, ledger, pseudonym] = await Promise.all([
    signer.generateKey(linkKey(site), 'ed25519', ['envelope', 'acknowledgement']),
    signer.generateKey(ledgerKey(site), 'ed25519', [`checkpoint:${ledgerOrigin(site)}`]),
    signer.deriveKey({ secret: PSEUDONYM_SECRET, label: site }),
  ]);
  const raw = (spki: Buffer): Buffer => spki.subarray(-ED25519_RAW_BYTES);
  return {
    link: raw(mustSucceed(link, `the link key of ${site}`)),
    ledger: { name: ledgerOrigin(site), publicKey: raw(mustSucceed(ledger, `the ledger key of ${site}`)) },
    pseudonym: mustSucceed(pseudonym, `the pseudonym key of ${site}`),
  };
}

/** @param names the keys' names in the signer by their ids; those that were made since are looked up once */
function linkSigning(signer: SignerClient, names: Map<string, string>): Signing {
  const nameOf = async (site: string, keyId: string): Promise<string> => {
    if (!names.has(keyId)) {
      const listed = mustSucceed(await signer.listKeys(), 'the signer’s keys');
      for (const { name, spki } of listed)
        if (name.startsWith('link/')) names.set(keyIdOf(spki.subarray(-ED25519_RAW_BYTES)), name);
    }
    const found = names.get(keyId);
    if (found === undefined) throw new Error(`the key ${keyId} of ${site} is not in our signer`);
    return found;
  };
  return {
    signEnvelope: async (site, header, keyId) =>
      mustSucceed(
        await signer.signEnvelope({ key: await nameOf(site, keyId), header }),
        'an envelope’s signature',
      ),
    signAcknowledgement: async (site, header, keyId) =>
      mustSucceed(
        await signer.signAcknowledgement({ key: await nameOf(site, keyId), header }),
        'a receipt’s signature',
      ),
  };
}

function checkpointSigner(signer: SignerClient, keyOf: (site: string) => VerifierKey): CheckpointSigner {
  return {
    originOf: ledgerOrigin,
    sign: async ({ site, ...request }) => {
      const signed = await signer.signCheckpoint({ key: ledgerKey(site), ...request });
      return signed.ok ? ok({ key: keyOf(site), signature: signed.value.signature }) : signed;
    },
  };
}

const PASSING: ReadonlySet<string> = new Set(['signer-unavailable', 'signer-busy', 'signer-timeout']);

/** A signer that is away for a moment fails the whole receipt, which is tried again; it parks nobody's message. */
function permutedOf(permuted: SignerResult<string[]>, key: string): readonly string[] {
  if (!permuted.ok && PASSING.has(permuted.failure.code))
    throw Object.assign(new Error(`the signer did not permute: ${permuted.failure.code}`), {
      code: 'ECONNREFUSED',
    });
  return mustSucceed(permuted, key);
}

async function openPermutation(signer: SignerClient, key: string, digits: number): Promise<Permute> {
  mustSucceed(await signer.ensureSecret(key, ['permute']), key);
  return async (values) => {
    const permuted: string[] = [];
    for (let start = 0; start < values.length; start += PERMUTED_AT_ONCE) {
      const batch = values.slice(start, start + PERMUTED_AT_ONCE);
      permuted.push(...permutedOf(await signer.permute({ key, digits, values: batch }), key));
    }
    return permuted;
  };
}
