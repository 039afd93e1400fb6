/**
 * Reading certificates that others issued: strict DER, but over what RFC 5280 asks of issuers only (4.1.2.2, 4.1.2.5,
 * 4.1.2.8): a time in its other form, an odd serial number, unique identifiers. None of them changes what is verified.
 */
import type { Result } from '@ishizue/outcome';
import { type Certificate, parseCertificate } from '@ishizue/x509';
import type { VerificationFailureCode } from './failure.ts';

const TOLERATED = ['time-form', 'serial-number-range', 'unique-identifier'] as const;

/** A certificate from DER. */
export const readForeignCertificate = (der: Uint8Array): Result<Certificate, VerificationFailureCode> =>
  parseCertificate(der, TOLERATED);
