/**
 * The image of both faces, made when the card is and as often as the printer asks until the card is sent. It is not kept, for the
 * individual number is on it: the same card gives the same octets, and the digest of the first is what every later one is
 * held against. Flow: docs/flows/card-making.md step 4.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type RenderedDocument, renderDocument } from '@ishizue/pdf';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { actOnCard } from '../card/card-act.ts';
import { type Card, findCard } from '../card/card-store.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { printedOnCard } from '../contents/card-press.ts';
import { cardFaceSpec } from './card-face.ts';
import type { CardPrinting } from './card-printing.ts';

/** `face-not-printable`: a character that no face has, or a text that does not fit; the applicant chooses others. */
export type PrintFailure = 'number-missing' | 'face-not-printable';

interface Printing {
  readonly printing: CardPrinting;
  readonly card: Card;
  readonly person: IdentifiedPerson;
}

/** Makes the image and keeps its digest. */
export async function printCard(
  context: CardsContext,
  access: Access,
  { printing, card, person }: Printing,
): Promise<Result<undefined, PrintFailure>> {
  const rendered = await render(context, { printing, card, person });
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    if (rendered.ok)
      await tx`
        INSERT INTO cards.card_print (card_id, sha256, printed_at)
        VALUES (${card.cardId}, ${digestOf(rendered.value)}, ${new Date(context.clock.now())})
        ON CONFLICT (card_id) DO UPDATE SET sha256 = excluded.sha256`;
    await recordCardEntry(tx, context, access, {
      residentCode: card.residentCode,
      fields: ['card', 'name', 'birth-date', 'sex', 'address', 'individual-number', 'print'],
      result: rendered.ok ? 'ok' : rendered.failure.code,
    });
  });
  return rendered.ok ? ok(undefined) : rendered;
}

export type ReadImageFailure =
  | 'card-unknown'
  | PrintFailure
  /** Nothing was printed of this card, or it has left the factory. */
  | 'print-unknown'
  /** What would be printed now is not what the card was made with. */
  | 'print-differs';

/** The image for the printer of the factory. */
export async function readCardImage(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<Buffer, ReadImageFailure>> {
  const { printing } = context;
  const card = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!card) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(context.registry, access, card.residentCode);
  const rendered =
    printing && person
      ? await render(context, { printing, card, person })
      : fail('print-unknown', 'nothing is printed here');
  return actOnCard<Buffer, ReadImageFailure>(context, access, cardId, 'print', async (tx, locked) => {
    const [kept] = await tx<
      { sha256: Buffer }[]
    >`SELECT sha256 FROM cards.card_print WHERE card_id = ${cardId}`;
    const isHere = locked.application.state === 'manufacturing' || locked.application.state === 'made';
    if (!kept || !isHere || locked.card.state === 'void')
      return fail('print-unknown', 'no image is printed of this card');
    if (!rendered.ok) return rendered;
    return digestOf(rendered.value).equals(kept.sha256)
      ? ok(rendered.value.bytes)
      : fail('print-differs', 'the data are not those that the card was made with');
  });
}

/** Number and security code are those of the chip: both come from its press. */
async function render(
  { press }: CardsContext,
  { printing, card, person }: Printing,
): Promise<Result<RenderedDocument, PrintFailure>> {
  const said = await printedOnCard(press, card, person);
  if (!said.ok) return said;
  const { individualNumber, securityCode } = said.value;
  const { cardId, applicationId, issuedOn, expiresOn } = card;
  const photo = await printing.printPhotoOf({ applicationId, birthDate: person.birthDate });
  const spec = cardFaceSpec({ cardId, issuedOn, expiresOn, person, individualNumber, securityCode, photo });
  const rendered = await renderDocument(press.typeface, spec);
  return rendered.ok ? rendered : fail('face-not-printable', rendered.failure.code);
}

const digestOf = ({ sha256 }: RenderedDocument): Buffer => Buffer.from(sha256, 'hex');
