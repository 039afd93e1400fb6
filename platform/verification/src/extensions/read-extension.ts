/** Reading an extension of a certificate that `@ishizue/x509` keeps as octets: strict DER, all of it, or a failure. */
import { ok, type Result } from '@ishizue/outcome';
import { DerReader, type Extension } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';

/** The extension's value, undefined where there is none of this type. */
export function readExtension<T>(
  { extensions }: { readonly extensions: readonly Extension[] },
  oid: string,
  read: (reader: DerReader) => T,
): Result<T | undefined, VerificationFailureCode> {
  const extension = extensions.find((each) => each.oid === oid);
  if (extension === undefined) return ok(undefined);
  const reader = new DerReader(extension.value, extension.value.length);
  return reader.finish(read(reader));
}
