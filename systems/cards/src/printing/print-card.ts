/**
 * The image of both faces is made when the card is: its digest stays for good, its octets until the card has arrived where it is
 * handed over. Made again for the same card it is the same. Flow: docs/flows/card-making.md step 4.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { renderDocument, type Typeface } from '@ishizue/pdf';
import { type Access, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { actOnCard } from '../card/card-act.ts';
import type { Card } from '../card/card-store.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { cardFaceSpec } from './card-face.ts';

/** What printing is given. */
export interface CardPrinting {
  readonly typeface: Typeface;
  /** The individual number in twelve digits; undefined of whoever has none yet. */
  numberOf(person: IdentifiedPerson): string | undefined;
  /** Four digits, the same whenever it is asked for the same card. */
  securityCodeOf(cardId: string): Promise<string>;
  /** JPEG; undefined where the application has none. */
  printPhotoOf(applicationId: string): Promise<Uint8Array | undefined>;
}

/** `face-not-printable`: a character that no face has, or a text that does not fit; the applicant chooses others. */
export type PrintFailure = 'number-missing' | 'face-not-printable';

/** For the printer: the image as long as it is kept. */
export function readCardImage(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<Buffer, 'card-unknown' | 'print-unknown'>> {
  return actOnCard<Buffer, 'print-unknown'>(context, access, cardId, 'print', async (tx) => {
    const [kept] = await tx<
      { pdf: Buffer | null }[]
    >`SELECT pdf FROM cards.card_print WHERE card_id = ${cardId}`;
    return kept?.pdf ? ok(kept.pdf) : fail('print-unknown', 'no image is kept of this card');
  });
}

export async function printCard(
  context: CardsContext,
  access: Access,
  {
    printing,
    card,
    person,
  }: { readonly printing: CardPrinting; readonly card: Card; readonly person: IdentifiedPerson },
): Promise<Result<undefined, PrintFailure>> {
  const { cardId, applicationId, issuedOn, expiresOn } = card;
  const individualNumber = printing.numberOf(person);
  if (individualNumber === undefined)
    return fail('number-missing', 'the person has no individual number yet');
  const spec = cardFaceSpec({
    cardId,
    issuedOn,
    expiresOn,
    person,
    individualNumber,
    securityCode: await printing.securityCodeOf(cardId),
    photo: await printing.printPhotoOf(applicationId),
  });
  const rendered = await renderDocument(printing.typeface, spec);
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    if (rendered.ok) {
      const { bytes, sha256 } = rendered.value;
      await tx`
        INSERT INTO cards.card_print (card_id, sha256, pdf, printed_at)
        VALUES (${cardId}, ${Buffer.from(sha256, 'hex')}, ${bytes}, ${new Date(context.clock.now())})
        ON CONFLICT (card_id) DO UPDATE SET sha256 = excluded.sha256, pdf = excluded.pdf`;
    }
    await recordCardEntry(tx, context, access, {
      residentCode: card.residentCode,
      fields: ['card', 'name', 'birth-date', 'sex', 'address', 'individual-number', 'print'],
      result: rendered.ok ? 'ok' : rendered.failure.code,
    });
  });
  return rendered.ok ? ok(undefined) : fail('face-not-printable', rendered.failure.code);
}
