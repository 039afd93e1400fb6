/**
 * The digital signature certificate (署名用電子証明書, 公的個人認証法 art. 3), with the four items. Extension order KU, SAN, CP, IAN,
 * CRLDP, AKI, SKI. Open in the sources: whether it names the OCSP responder; the published order has no place for it, so it
 * does not. The phone's has the same form under its own authority and policy (open in the sources; ours).
 */
import {
  attribute,
  certificatePolicies,
  encodeName,
  encodeTbsCertificate,
  keyUsage,
  subjectAltName,
} from '@ishizue/x509';
import { attributeNames, type HolderAttributes } from './holder-attributes.ts';
import { type HolderCertificateSpec, issuerAndList, keyIdentifiers } from './issuing-authority.ts';

export interface SignatureCertificateSpec extends HolderCertificateSpec {
  readonly attributes: HolderAttributes;
}

/** TBSCertificate in DER. */
export function encodeSignatureCertificate(spec: SignatureCertificateSpec): Uint8Array {
  const { profile, authority, area } = spec;
  return encodeTbsCertificate({
    serial: spec.serial,
    signatureAlgorithm: authority.algorithm,
    issuer: authority.name,
    notBefore: spec.notBefore,
    notAfter: spec.notAfter,
    subject: encodeName([
      attribute('C', 'JP'),
      attribute('L', area.prefecture),
      attribute('L', area.area),
      attribute('CN', spec.holderNumber),
    ]),
    publicKey: spec.publicKey,
    extensions: [
      keyUsage(['digitalSignature', 'nonRepudiation']),
      subjectAltName(attributeNames(spec.attributes)),
      certificatePolicies([{ policy: profile.policies[authority.kind], cps: [profile.cpsUri] }], true),
      ...issuerAndList(spec),
      ...keyIdentifiers(spec),
    ],
  });
}
