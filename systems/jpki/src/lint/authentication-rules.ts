/** Rules on the user authentication certificate (jpki-formats 2, 利用者証明用). */
import {
  ATTRIBUTE_OIDS,
  KEY_PURPOSE_OIDS,
  OCSP_ACCESS_OID,
  type PublicKeyInfo,
  type TbsCertificate,
} from '@ishizue/x509';
import { HOLDER_NUMBER_FORM, holderRules } from './holder-rules.ts';
import { hasShape } from './names.ts';
import { type CertificateRule, extensionRules, holds } from './profile-rule.ts';

const CITATION = 'jpki-formats 2 (利用者証明用)';
const POLICY = '1.2.392.200149.8.5.1.3.30';

export const authenticationRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  ...holderRules('authentication', [POLICY], signer),
  ...authenticationForm,
];

/** What the authentication certificates of card and phone have in common. */
export const authenticationForm: readonly CertificateRule[] = [
  ...extensionRules(
    `${CITATION}: order KU, EKU, CP, IAN, CRLDP, AIA, AKI, SKI`,
    'keyUsage!',
    'extKeyUsage',
    'certificatePolicies!',
    'issuerAltName',
    'crlDistributionPoints',
    'authorityInfoAccess',
    'authorityKeyIdentifier',
    'subjectKeyIdentifier',
  ),
  holds<TbsCertificate>(
    'subject-of-authentication-is-a-number-and-nothing-of-the-person',
    `${CITATION}: Subject`,
    ({ subject }) =>
      hasShape(subject, [
        [ATTRIBUTE_OIDS.C, 'JP'],
        [ATTRIBUTE_OIDS.CN, HOLDER_NUMBER_FORM],
      ]),
    'the subject',
  ),
  holds<TbsCertificate>(
    'authentication-key-signs-and-nothing-else',
    `${CITATION}: keyUsage`,
    ({ known }) => known.keyUsage?.join(' ') === 'digitalSignature',
    'keyUsage',
  ),
  holds<TbsCertificate>(
    'authentication-is-for-clients',
    `${CITATION}: extKeyUsage`,
    ({ known }) => known.extKeyUsage?.length === 1 && known.extKeyUsage[0] === KEY_PURPOSE_OIDS.clientAuth,
    'extKeyUsage',
  ),
  holds<TbsCertificate>(
    'authentication-names-the-ocsp-responder',
    `${CITATION}: authorityInfoAccess`,
    ({ known }) => {
      const [access, ...more] = known.authorityInfoAccess ?? [];
      return more.length === 0 && access?.method === OCSP_ACCESS_OID && access.location.kind === 'uri';
    },
    'authorityInfoAccess',
  ),
];
