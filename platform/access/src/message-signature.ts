/**
 * HTTP Message Signatures (RFC 9421) over requests with Ed25519 (section 3.3.6): the signature base (section 2.5), and
 * signing and verifying on it. Pure functions; what a request must cover is decided by the profile that uses them.
 */
import { type KeyObject, verify } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  formatSignatureInput,
  parseSignature,
  parseSignatureInput,
  type SignatureInput,
} from './signature-fields.ts';

/** A request as its signature sees it: `authority` is host and port, `target` path and query as sent. */
export interface SignableRequest {
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Why there is no valid signature. */
export type SignatureCode = 'signature-missing' | 'signature-malformed' | 'signature-invalid';

/** The fields that a signature is sent in. */
export interface SignatureFields {
  readonly 'signature-input': string;
  readonly signature: string;
}

const ED25519_SIGNATURE_BYTES = 64;

/** The bytes that are signed; undefined when the request lacks a component, or a component is not known here. */
export function signatureBase(request: SignableRequest, input: SignatureInput): Buffer | undefined {
  const lines: string[] = [];
  for (const component of input.components) {
    const value = componentValue(request, component);
    if (value === undefined || /[\r\n]/.test(value)) return undefined;
    lines.push(`"${component}": ${value}`);
  }
  lines.push(`"@signature-params": ${formatSignatureInput(input)}`);
  // Field values are bytes that Node reads as Latin-1; everything else here is ASCII.
  return Buffer.from(lines.join('\n'), 'latin1');
}

function componentValue(request: SignableRequest, component: string): string | undefined {
  const queryAt = request.target.indexOf('?');
  switch (component) {
    case '@method':
      return request.method;
    case '@authority':
      return normalAuthority(request.authority);
    case '@path':
      return (queryAt < 0 ? request.target : request.target.slice(0, queryAt)) || '/';
    case '@query':
      return queryAt < 0 ? '?' : request.target.slice(queryAt);
    default:
      return component.startsWith('@') ? undefined : fieldValue(request.headers[component]);
  }
}

/** Lower case, without the default ports (section 2.2.3). */
export const normalAuthority = (authority: string): string =>
  authority.toLowerCase().replace(/:(?:80|443)$/, '');

function fieldValue(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  return (typeof value === 'string' ? [value] : value).map((one) => one.trim()).join(', ');
}

/** Signs a request under a label. `sign` holds the key: in this house it may live in another process. */
export async function signMessage(
  request: SignableRequest,
  label: string,
  input: SignatureInput,
  sign: (base: Buffer) => Uint8Array | Promise<Uint8Array>,
): Promise<SignatureFields> {
  const base = signatureBase(request, input);
  if (!base) throw new Error('a request to be signed lacks a component of its signature');
  const signature = Buffer.from(await sign(base));
  if (signature.length !== ED25519_SIGNATURE_BYTES) throw new Error('an Ed25519 signature has 64 bytes');
  return {
    'signature-input': `${label}=${formatSignatureInput(input)}`,
    signature: `${label}=:${signature.toString('base64')}:`,
  };
}

/** A signature as it came, not verified. */
export interface PresentedSignature {
  readonly input: SignatureInput;
  readonly signature: Buffer;
}

/** Reads the signature of a label from a request. */
export function readSignature(
  request: SignableRequest,
  label: string,
): Result<PresentedSignature, SignatureCode> {
  const inputField = fieldValue(request.headers['signature-input']);
  const signatureField = fieldValue(request.headers['signature']);
  if (inputField === undefined || signatureField === undefined)
    return fail('signature-missing', 'The request has no signature');
  const inputs = parseSignatureInput(inputField);
  const signatures = parseSignature(signatureField);
  if (!inputs || !signatures) return fail('signature-malformed', 'The signature fields cannot be read');
  const input = inputs.get(label);
  const signature = signatures.get(label);
  if (!input || !signature) return fail('signature-missing', `The request has no signature ${label}`);
  return ok({ input, signature });
}

/** Whether a signature that was read is of this request and this key. */
export function verifySignature(
  request: SignableRequest,
  presented: PresentedSignature,
  publicKey: KeyObject,
): boolean {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error('a key of a site is not an Ed25519 key');
  const base = signatureBase(request, presented.input);
  return (
    base !== undefined &&
    presented.signature.length === ED25519_SIGNATURE_BYTES &&
    verify(null, base, publicKey, presented.signature)
  );
}
