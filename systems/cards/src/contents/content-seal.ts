/**
 * Who stands for what the factory writes: a key that signs contents, and an authority that says so in a certificate that chips
 * and readers parse without ASN.1 (0004). Both keys are in the signer, which signs these forms and no other octets
 * (content-forms.ts). How the real issuer’s keys are arranged is not public: one authority and one key are ours.
 */
import { mustSucceed } from '@ishizue/outcome';
import type { SignerClient } from '@ishizue/signer';
import { encodeCertificateBody, encodeContentCertificate } from './content-certificate.ts';
import { contentKeyId } from './content-key-id.ts';
import { modulusOf } from './modulus-of.ts';

/** The key of contents as the factory uses it. */
export interface ContentSeal {
  /** File 0004, of the key. */
  readonly certificate: Uint8Array;
  /** 256 octets. */
  readonly modulus: Buffer;
  /** 256 octets of the authority’s key, by which a reader believes the certificate. */
  readonly authority: Buffer;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over the signed part of a file; the same octets give the same signature. */
  sign(octets: Uint8Array): Promise<Buffer>;
}

const AUTHORITY_KEY = 'cards/content-authority';
const CONTENT_KEY = 'cards/content';

/** The seal with its keys in the signer, made there the first time. */
export async function openContentSeal(
  signer: Pick<SignerClient, 'generateKey' | 'signForm'>,
): Promise<ContentSeal> {
  const keyOf = async (name: string, form: string): Promise<Buffer> =>
    modulusOf(mustSucceed(await signer.generateKey(name, 'rsa-2048', [`form:${form}`]), name));
  const authority = await keyOf(AUTHORITY_KEY, 'card-certificate');
  const modulus = await keyOf(CONTENT_KEY, 'card-contents');
  const sign = async (key: string, octets: Uint8Array): Promise<Buffer> =>
    mustSucceed(await signer.signForm({ key, octets }), `a signature of ${key}`);
  const body = encodeCertificateBody({ issuer: contentKeyId(authority), modulus });
  const certificate = encodeContentCertificate(body, await sign(AUTHORITY_KEY, body));
  return { certificate, modulus, authority, sign: (octets) => sign(CONTENT_KEY, octets) };
}
