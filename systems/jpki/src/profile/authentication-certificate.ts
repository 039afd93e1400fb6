/**
 * The user authentication certificate (利用者証明用電子証明書, 公的個人認証法 art. 22): says that somebody is the same as before,
 * not who. Extension order KU, EKU, CP, IAN, CRLDP, AIA, AKI, SKI. The phone's has the same form under its own authority
 * and policy (open in the sources; ours).
 */
import {
  attribute,
  authorityInfoAccess,
  certificatePolicies,
  encodeName,
  encodeTbsCertificate,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyUsage,
  ocspAccess,
} from '@ishizue/x509';
import { type HolderCertificateSpec, issuerAndList, keyIdentifiers } from './issuing-authority.ts';

/** TBSCertificate in DER. */
export function encodeAuthenticationCertificate(spec: HolderCertificateSpec): Uint8Array {
  const { profile, authority } = spec;
  return encodeTbsCertificate({
    serial: spec.serial,
    signatureAlgorithm: authority.algorithm,
    issuer: authority.name,
    notBefore: spec.notBefore,
    notAfter: spec.notAfter,
    subject: encodeName([attribute('C', 'JP'), attribute('CN', spec.holderNumber)]),
    publicKey: spec.publicKey,
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
      certificatePolicies([{ policy: profile.policies[authority.kind], cps: [profile.cpsUri] }], true),
      ...issuerAndList(spec),
      authorityInfoAccess([ocspAccess(profile.ocspUri)]),
      ...keyIdentifiers(spec),
    ],
  });
}
