/**
 * Files for `ishizue verify`, PEM or DER by what is in them, bounded in size and number before they are read. A file that
 * cannot be read makes the whole question unusable: nobody shall think that a list was looked at which was not.
 */
import { readFileSync, statSync } from 'node:fs';
import { fail, ok, type Result } from '@ishizue/outcome';
import { readForeignCertificate, type VerificationFailureCode } from '@ishizue/verification';
import { type Certificate, type Crl, decodePem, type PemLabel, parseCrl } from '@ishizue/x509';

export type InputFailure = VerificationFailureCode | 'file-missing' | 'too-many-certificates';

const CERTIFICATE_FILE_BYTES_MAX = 1 << 20;
const LIST_FILE_BYTES_MAX = 1 << 28;
const CERTIFICATES_MAX = 1_000;

/** The octets of a file of at most so many. */
export function readBounded(file: string, bytesMax: number): Result<Uint8Array, InputFailure> {
  try {
    const { size } = statSync(file);
    if (size > bytesMax) return fail('too-large', `${file} has more than ${bytesMax} octets`);
    return ok(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return fail('file-missing', `${file}: ${reason}`);
  }
}

const PEM_BEGIN = Buffer.from('-----BEGIN ');

/** The messages of a label in a file: those of its PEM blocks, or the file itself where it is not PEM. */
export function messagesIn(
  octets: Uint8Array,
  ...labels: readonly PemLabel[]
): Result<Uint8Array[], InputFailure> {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (!buffer.includes(PEM_BEGIN)) return ok([octets]);
  const text = buffer.toString('latin1');
  const label = labels.find((each) => text.includes(`-----BEGIN ${each}-----`)) ?? labels[0] ?? 'CERTIFICATE';
  return decodePem(label, text);
}

/** Reads every message of every file, or says which file cannot be used and why. */
function readAll<T>(
  files: readonly string[],
  label: PemLabel,
  bytesMax: number,
  read: (der: Uint8Array) => Result<T, InputFailure>,
): Result<T[], InputFailure> {
  const all: T[] = [];
  for (const file of files) {
    const octets = readBounded(file, bytesMax);
    if (!octets.ok) return octets;
    const messages = messagesIn(octets.value, label);
    if (!messages.ok) return fail(messages.failure.code, `${file}: ${messages.failure.detail}`);
    for (const der of messages.value) {
      const one = read(der);
      if (!one.ok) return fail(one.failure.code, `${file}: ${one.failure.detail}`);
      all.push(one.value);
      if (all.length > CERTIFICATES_MAX)
        return fail('too-many-certificates', `more than ${CERTIFICATES_MAX}`);
    }
  }
  return ok(all);
}

export const readCertificates = (files: readonly string[]): Result<Certificate[], InputFailure> =>
  readAll(files, 'CERTIFICATE', CERTIFICATE_FILE_BYTES_MAX, readForeignCertificate);

export const readLists = (files: readonly string[]): Result<Crl[], InputFailure> =>
  readAll(files, 'X509 CRL', LIST_FILE_BYTES_MAX, parseCrl);
