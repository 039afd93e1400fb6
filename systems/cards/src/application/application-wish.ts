/** What an application asks for besides a card, beside its row. Applications that a clerk took at once have none. */
import type { Tx } from '@ishizue/db';
import type { Substitutes } from '@ishizue/text';
import type { ApplicationFacts, Examined } from './examine-applications.ts';

/** What the application asks for, as it is now. */
export async function storeWishes(
  tx: Tx,
  cases: readonly ApplicationFacts<unknown, Examined>[],
): Promise<void> {
  if (cases.length === 0) return;
  const rows = cases.map(({ caseId, form, prepared }) => ({
    id: prepared.applicationId,
    case_id: caseId,
    channel: form.channel,
    signature: form.certificates === 'both',
    braille: form.braille,
    represented: form.representative !== undefined,
    substitutes: Object.fromEntries(form.substitutes?.map((one) => [one.character, one.substitute]) ?? []),
    photo: form.photo ?? null,
  }));
  await tx`
    INSERT INTO cards.application_wish (application_id, case_id, channel, wants_signature, is_braille, is_represented,
      substitutes, photo_sha256)
    SELECT id, case_id, channel, signature, braille, represented, substitutes, p.sha256
    FROM jsonb_to_recordset(${tx.json(rows)}) AS n(id text, case_id bigint, channel text, signature boolean,
      braille boolean, represented boolean, substitutes jsonb, photo text)
    LEFT JOIN cards.photo p ON p.sha256 = decode(n.photo, 'hex')
    ON CONFLICT (application_id) DO UPDATE SET wants_signature = excluded.wants_signature,
      is_braille = excluded.is_braille, is_represented = excluded.is_represented, substitutes = excluded.substitutes,
      photo_sha256 = excluded.photo_sha256`;
}

/** What decides about the certificates of a card, as far as the applicant does. */
export interface CertificateWish {
  readonly wantsSignature: boolean;
  readonly substitutes: Substitutes;
}

export async function findCertificateWish(tx: Tx, applicationId: string): Promise<CertificateWish> {
  const [row] = await tx<CertificateWish[]>`
    SELECT wants_signature AS "wantsSignature", substitutes
    FROM cards.application_wish WHERE application_id = ${applicationId}`;
  return row ?? { wantsSignature: true, substitutes: {} };
}
