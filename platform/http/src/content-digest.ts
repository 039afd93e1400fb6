/**
 * Content-Digest (RFC 9530): when a request carries the header, its body must match, whatever the route. A site's
 * signature covers the header; this check ties the header to the bytes. SHA-256 and SHA-512 only.
 */
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

const MEMBER = /^(sha-256|sha-512)=:([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==):$/;

/** The value of the header for a body. */
export const contentDigest = (body: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** The body is not the one that was digested. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';
  readonly statusCode = 400;
}

/**
 * A pass-through that fails at its end if the bytes do not match the header, or undefined for a header without a
 * digest that is understood. With several, the strongest is checked.
 */
export function digestCheck(header: string): Transform | undefined {
  const members = header.split(',', 8).map((member) => MEMBER.exec(member.trim()));
  const chosen =
    members.find((member) => member?.[1] === 'sha-512') ??
    members.find((member) => member?.[1] === 'sha-256');
  if (!chosen) return undefined;
  const hash = createHash(chosen[1] === 'sha-512' ? 'sha512' : 'sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (hash.digest('base64') === chosen[2]) done();
      else done(new DigestMismatch('the body does not match Content-Digest'));
    },
  });
}
