/**
 * What is said of a changed code (変更情報, 住民基本台帳法施行規則 art. 11: the code before goes with it). Up the tiers the identity
 * data and both codes, as one message; to whoever keeps nothing but codes, the two codes. It is sent under the new code
 * and follows the old one, so that nothing of the person overtakes it on a link. Flow: docs/flows/code-change.md.
 */
import type { AddressedMessage } from '@ishizue/link';
import { z } from 'zod';
import { identityChangedBody } from '../identity/identity-changed.ts';

/** Up the tiers, and from the national site to its subscribers. */
export const RESIDENT_CODE_CHANGED = 'resident-code-changed';
/** To systems that know persons by their code alone. */
export const RESIDENT_CODE_SUCCEEDED = 'resident-code-succeeded';

const residentCode = z.string().regex(/^\d{11}$/);

export const codeChangedBody = identityChangedBody
  .omit({ undoes: true, residentSince: true })
  .extend({
    reason: z.enum(['resident-code-change', 'ex-officio-code-change']),
    /** The code before. */
    formerCode: residentCode,
  })
  .strict();

/** Identity data under the new code, with the code before. */
export type CodeChanged = z.infer<typeof codeChangedBody>;

export const codeSucceededBody = z.strictObject({ residentCode, formerCode: residentCode });

/** The two codes and nothing else. */
export type CodeSucceeded = z.infer<typeof codeSucceededBody>;

/** The change as a message on a link: behind everything that was sent there under the old code. */
export function codeChangedMessage(link: string, body: CodeChanged): AddressedMessage {
  return { link, subject: body.residentCode, follows: body.formerCode, topic: RESIDENT_CODE_CHANGED, body };
}

/** The two codes as a message on a link, in the same place. */
export function codeSucceededMessage(
  link: string,
  { residentCode: code, formerCode }: CodeSucceeded,
): AddressedMessage {
  const body: CodeSucceeded = { residentCode: code, formerCode };
  return { link, subject: code, follows: formerCode, topic: RESIDENT_CODE_SUCCEEDED, body };
}
