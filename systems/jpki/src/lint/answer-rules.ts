/** Rules on OCSP answers (jpki-formats 5: from the state of this instant). */
import {
  EXTENSION_OIDS,
  keyIdentifier,
  type LintRule,
  type PublicKeyInfo,
  type ResponseData,
} from '@ishizue/x509';
import { holds, sameOctets } from './profile-rule.ts';

const VALID_MS_MAX = 15 * 60_000;

export const answerRules = (signer: PublicKeyInfo): readonly LintRule<ResponseData>[] => [
  holds<ResponseData>(
    'responder-is-the-signing-key',
    'RFC 6960 4.2.1 (ResponderID)',
    ({ responderId }) => responderId.kind === 'key' && sameOctets(responderId.keyHash, keyIdentifier(signer)),
    'responderID',
  ),
  holds<ResponseData>(
    'answers-are-of-this-instant',
    'jpki-formats 5',
    ({ producedAt, responses }) =>
      responses.every(
        ({ thisUpdate, nextUpdate }) =>
          thisUpdate === producedAt && (nextUpdate === undefined || nextUpdate - thisUpdate <= VALID_MS_MAX),
      ),
    'thisUpdate or nextUpdate',
  ),
  holds<ResponseData>(
    'answers-carry-the-nonce-and-nothing-else',
    'RFC 6960 4.4; RFC 9654 2.1; the profile is ours',
    ({ extensions, responses }) =>
      extensions.every(({ oid, critical }) => oid === EXTENSION_OIDS.ocspNonce && !critical) &&
      responses.every((single) => single.extensions.length === 0),
    'another extension',
  ),
];
