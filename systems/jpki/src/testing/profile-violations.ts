/** Every profile of a certificate with its sample and with what breaks each of its rules. */
import { CARD_KIND_OF, CERTIFICATE_KINDS, PROFILE_NAMES } from '../profile/certificate-kind.ts';
import { authorityViolations, responderViolations } from './authority-violations.ts';
import { authenticationViolations, signatureViolations } from './holder-violations.ts';
import { type PlantedViolation, sample } from './planted.ts';

export interface ProfileExample {
  /** The profile's name, under which the signer knows it. */
  readonly profile: string;
  /** What passes, a TBSCertificate. */
  readonly good: Buffer;
  readonly violations: readonly PlantedViolation[];
}

export const profileExamples: readonly ProfileExample[] = [
  ...CERTIFICATE_KINDS.map((kind) => ({
    profile: PROFILE_NAMES.authority[kind],
    good: sample.authority(kind),
    violations: authorityViolations(kind),
  })),
  ...CERTIFICATE_KINDS.map((kind) => ({
    profile: PROFILE_NAMES.certificate[kind],
    good: sample.holder(kind),
    violations:
      CARD_KIND_OF[kind] === 'signature' ? signatureViolations(kind) : authenticationViolations(kind),
  })),
  { profile: PROFILE_NAMES.responder, good: sample.responder(), violations: responderViolations },
];
