/**
 * The card in the reader of the counter that hands it over (docs/flows/hand-over.md step 4): the person sets the PINs at the
 * reader, the card signs the centre's challenge, and its face is read with what is printed on it. PINs go from the person to
 * the card and nowhere else.
 */
import { type CardInReader, readFaceImages } from '@ishizue/cards';
import { mustSucceed, ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import type { KeyKind } from './card-record.ts';
import { readFaceFile } from './chip/read-face.ts';
import type { SoftwareCard } from './software-card.ts';

/** What the person chooses; of the signature key only where the card has one. */
export type ChosenPins = { readonly authentication: string } & Partial<Readonly<Record<KeyKind, string>>>;

/** Sets the PINs that are not set yet; with the chosen ones set already it changes nothing. */
export async function setPins(card: SoftwareCard, pins: ChosenPins): Promise<CardResult<undefined>> {
  const status = await card.status();
  if (!status.ok) return status;
  for (const { kind, triesLeft } of status.value.keys) {
    const pin = pins[kind];
    if (triesLeft !== undefined || pin === undefined) continue;
    const stored = await card.setPin(kind, pin);
    if (!stored.ok) return stored;
  }
  return ok(undefined);
}

/** The photo that what is printed on the card opens; undefined where it has none, or no face (cards of tests). */
async function readPhoto(card: SoftwareCard): Promise<Buffer | undefined> {
  const { numberB } = mustSucceed(await card.status(), 'the card');
  if (numberB === undefined) return undefined;
  const file = await card.inReader((inserted) => readFaceFile(inserted, numberB));
  const face = readFaceImages(mustSucceed(file, 'the face'));
  if (!face) throw new Error('the chip has no face that can be read');
  return face.photo.length > 0 ? face.photo : undefined;
}

/** What the counter's equipment asks of the card. A card that does not answer throws: there is nothing to hand over. */
export function cardInReader(card: SoftwareCard, pins: ChosenPins): CardInReader {
  return {
    readCertificate: async () => mustSucceed(await card.readCertificate('authentication'), 'the certificate'),
    readPhoto: () => readPhoto(card),
    sign: async (challenge) => {
      mustSucceed(await setPins(card, pins), 'the PINs');
      return mustSucceed(await card.sign('authentication', pins.authentication, challenge), 'signing');
    },
  };
}
