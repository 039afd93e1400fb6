/**
 * The door of verification: certificates, CMS messages and PDF signatures that anybody may have made, checked in full and
 * told step by step (RFC 5280, RFC 9618, RFC 6960, RFC 5652). Nothing here reads a file or opens a connection.
 */

export { type MessageVerdict, verifySignedData } from './cms/verify-signed-data.ts';
export type { VerificationFailureCode } from './failure.ts';
export { verifyPdf } from './pdf/verify-pdf.ts';
export { readForeignCertificate } from './read-certificate.ts';
export type { Step, VerificationFailure } from './report.ts';
export type { OcspSource } from './revocation/ask-ocsp.ts';
export { type CertificateQuestion, type Verdict, verifyCertificate } from './verify-certificate.ts';
