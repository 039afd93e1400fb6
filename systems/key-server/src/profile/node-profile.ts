/**
 * The node profile: what certificates of the node authority look like (docs/flows/key-server.md). Ours, after RFC 5280:
 * a P-384 root that certifies directly, and certificates of Ed25519 keys of sites and terminals.
 */
import {
  attribute,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  crlNumber,
  encodeName,
  encodeTbsCertificate,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyIdentifier,
  keyUsage,
  type Name,
  type PublicKeyInfo,
  signatureAlgorithm,
  subjectKeyIdentifier,
  type TbsCertListSpec,
} from '@ishizue/x509';

export const NODE_KINDS = ['site', 'terminal'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** Names of the profiles, for the signer's uses of keys. */
export const PROFILES = {
  authority: 'node-ca',
  site: 'node-site',
  terminal: 'node-terminal',
  list: 'node',
} as const;

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
export const NODE_DAYS_MAX = 825;
/** How long a list may be used; it is made anew at every revocation, and every hour besides. */
export const LIST_VALID_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<NodeKind, string>> = { site: 'Sites', terminal: 'Terminals' };
const BASE = [attribute('C', 'JP'), attribute('O', 'Ishizue')];

/** `C=JP, O=Ishizue, OU=Key Server, CN=Node CA G<generation>`. */
export const authorityName = (generation: number): Name =>
  encodeName([...BASE, attribute('OU', 'Key Server'), attribute('CN', `Node CA G${generation}`)]);

/** `C=JP, O=Ishizue, OU=Sites|Terminals, CN=<node>`. */
export const nodeName = (kind: NodeKind, node: string): Name =>
  encodeName([...BASE, attribute('OU', UNITS[kind]), attribute('CN', node)]);

const wholeSeconds = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** TBSCertificate of a generation of the authority. */
export function encodeAuthority(order: {
  readonly generation: number;
  readonly serial: Uint8Array;
  readonly publicKey: PublicKeyInfo;
  readonly now: number;
}): Uint8Array {
  const name = authorityName(order.generation);
  const notBefore = wholeSeconds(order.now);
  return encodeTbsCertificate({
    serial: order.serial,
    signatureAlgorithm: signatureAlgorithm('p384'),
    issuer: name,
    notBefore,
    notAfter: notBefore + AUTHORITY_DAYS * DAY_MS,
    subject: name,
    publicKey: order.publicKey.der,
    extensions: [
      keyUsage(['keyCertSign', 'cRLSign']),
      basicConstraints({ ca: true, pathLength: 0 }),
      subjectKeyIdentifier(keyIdentifier(order.publicKey)),
    ],
  });
}

/** Who issues: a generation and its key. */
export interface Issuer {
  readonly generation: number;
  readonly publicKey: PublicKeyInfo;
  /** When its own certificate ends. */
  readonly notAfter: number;
}

export interface NodeCertificateOrder {
  readonly issuer: Issuer;
  readonly kind: NodeKind;
  readonly node: string;
  readonly serial: Uint8Array;
  readonly publicKey: PublicKeyInfo;
  readonly now: number;
  readonly days: number;
  readonly origin: string;
}

/** From when and until when; never past the issuer. */
export function validityOf({ issuer, now, days }: Pick<NodeCertificateOrder, 'issuer' | 'now' | 'days'>): {
  readonly notBefore: number;
  readonly notAfter: number;
} {
  const notBefore = wholeSeconds(now);
  return { notBefore, notAfter: Math.min(notBefore + days * DAY_MS, issuer.notAfter) };
}

/** Where the list of a generation is. */
const listUri = (origin: string, generation: number): string => `${origin}/key-server/crl/${generation}`;

/** TBSCertificate of a site or a terminal. */
export function encodeNodeCertificate(order: NodeCertificateOrder): Uint8Array {
  const { issuer, publicKey } = order;
  return encodeTbsCertificate({
    serial: order.serial,
    signatureAlgorithm: signatureAlgorithm('p384'),
    issuer: authorityName(issuer.generation),
    ...validityOf(order),
    subject: nodeName(order.kind, order.node),
    publicKey: publicKey.der,
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
      crlDistributionPoints([
        { fullName: [{ kind: 'uri', value: listUri(order.origin, issuer.generation) }] },
      ]),
      authorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuer.publicKey) }),
      subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
}

/** All of TBSCertList but its entries. */
export function listSpec(issuer: Issuer, number: bigint, now: number): TbsCertListSpec {
  const thisUpdate = wholeSeconds(now);
  return {
    signatureAlgorithm: signatureAlgorithm('p384'),
    issuer: authorityName(issuer.generation),
    thisUpdate,
    nextUpdate: thisUpdate + LIST_VALID_MS,
    extensions: [
      authorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuer.publicKey) }),
      crlNumber(number),
    ],
  };
}
