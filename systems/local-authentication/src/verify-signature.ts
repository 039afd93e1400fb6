/**
 * Whether a signed challenge holds: signature, path, kind, and whether the certificate is revoked, by the way that the
 * municipality has chosen. Nothing outside is asked but the centre's OCSP, or, for a list that is not kept or has run out,
 * the list.
 */
import { type VerifiedSigner, type VerifyFailure, verifySignedChallenge } from '@ishizue/jpki';
import type { Result } from '@ishizue/outcome';
import { keptLists } from './kept-lists.ts';
import type { LocalContext } from './local-context.ts';
import type { LocalKind } from './local-kind.ts';
import type { LocalSetting } from './setting.ts';

export interface SignedStatement {
  readonly kind: LocalKind;
  /** In DER. */
  readonly certificate: Uint8Array;
  readonly statement: string;
  readonly signature: Uint8Array;
}

export async function verifyStatement(
  context: LocalContext,
  municipality: string,
  setting: LocalSetting,
  { kind, certificate, statement, signature }: SignedStatement,
): Promise<Result<VerifiedSigner, VerifyFailure>> {
  const { desk, clock } = context;
  const source =
    setting.method === 'crl'
      ? { crl: keptLists(context, municipality, setting) }
      : { ocsp: (request: Uint8Array) => desk.status(setting.verifier, request) };
  return verifySignedChallenge({
    kind,
    certificate,
    challenge: Buffer.from(statement),
    signature,
    anchors: await desk.authorities([kind]),
    at: clock.now(),
    ...source,
  });
}
