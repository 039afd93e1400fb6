/** Lint rules on the encoding of a certificate (RFC 5280 4.1: DER throughout). */

import type { Extension } from '../certificate/extension.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { encodeName } from '../certificate/name.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extKeyUsage,
  issuerAltName,
  keyUsage,
  ocspNoCheck,
  subjectAltName,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { encodeTbsCertificate, type TbsCertificate } from '../certificate/tbs-certificate.ts';
import { checkDer } from '../der/structure.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertificate>;

/** What is not DER in a signed part or in the values of its extensions, which are encodings within an encoding. */
export function findDerDefect(tbs: Uint8Array, extensions: readonly Extension[]): string | undefined {
  const whole = checkDer(tbs, tbs.length);
  if (!whole.ok) return `${whole.failure.code}: ${whole.failure.detail}`;
  for (const { oid, value } of extensions) {
    const checked = checkDer(value, value.length);
    if (!checked.ok) return `extension ${oid}: ${checked.failure.code}: ${checked.failure.detail}`;
  }
  return undefined;
}

const strictDer: Rule = {
  name: 'every-element-is-strict-der',
  citation: 'RFC 5280 4.1; X.690 clauses 8 to 11',
  applies: always,
  check: ({ tbs, extensions }) => findDerDefect(tbs, extensions),
};

/** The extension written anew from what was decoded; itself where it is not a known one. */
function rewriteExtension(extension: Extension, { known }: TbsCertificate): Extension {
  const { oid, critical } = extension;
  const rewritten = (): Extension => {
    switch (oid) {
      case EXTENSION_OIDS.keyUsage:
        return keyUsage(known.keyUsage ?? []);
      case EXTENSION_OIDS.extKeyUsage:
        return extKeyUsage(known.extKeyUsage ?? []);
      case EXTENSION_OIDS.basicConstraints:
        return basicConstraints(known.basicConstraints ?? { ca: false });
      case EXTENSION_OIDS.certificatePolicies:
        return certificatePolicies(known.certificatePolicies ?? []);
      case EXTENSION_OIDS.subjectAltName:
        return subjectAltName(known.subjectAltName ?? []);
      case EXTENSION_OIDS.issuerAltName:
        return issuerAltName(known.issuerAltName ?? []);
      case EXTENSION_OIDS.crlDistributionPoints:
        return crlDistributionPoints(known.crlDistributionPoints ?? []);
      case EXTENSION_OIDS.authorityInfoAccess:
        return authorityInfoAccess(known.authorityInfoAccess ?? []);
      case EXTENSION_OIDS.subjectKeyIdentifier:
        return subjectKeyIdentifier(known.subjectKeyIdentifier ?? new Uint8Array(0));
      case EXTENSION_OIDS.authorityKeyIdentifier:
        return authorityKeyIdentifier(known.authorityKeyIdentifier ?? {});
      case EXTENSION_OIDS.ocspNoCheck:
        return ocspNoCheck();
      default:
        return extension;
    }
  };
  return { ...rewritten(), critical };
}

/** The TBSCertificate written anew from what was read; a throw means that what was read cannot be written. */
function rewrite(view: TbsCertificate): Uint8Array {
  return encodeTbsCertificate({
    serial: view.serial,
    signatureAlgorithm: view.innerAlgorithm,
    issuer: encodeName(view.issuer.relativeNames),
    notBefore: view.notBefore,
    notAfter: view.notAfter,
    subject: encodeName(view.subject.relativeNames),
    publicKey: view.publicKey.der,
    extensions: view.extensions.map((extension) => rewriteExtension(extension, view)),
  });
}

const reencodes: Rule = {
  name: 'writing-it-anew-gives-the-same-octets',
  citation: 'RFC 5280 4.1; X.690 10 (one encoding for one value)',
  applies: always,
  check: (view) => {
    try {
      return Buffer.compare(rewrite(view), view.tbs) === 0 ? undefined : 'the octets differ';
    } catch {
      return 'what was read cannot be written';
    }
  },
};

export const certificateEncodingRules: readonly Rule[] = [strictDer, reencodes];
