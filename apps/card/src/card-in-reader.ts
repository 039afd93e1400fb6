/**
 * The card in the reader of the counter that hands it over (docs/flows/hand-over.md step 4): the person sets the PINs at the
 * reader, and the card signs the centre's challenge. PINs go from the person to the card and nowhere else.
 */
import type { CardInReader } from '@ishizue/cards';
import { mustSucceed, ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import type { KeyKind } from './card-record.ts';
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

/** What the counter's equipment asks of the card. A card that does not answer throws: there is nothing to hand over. */
export function cardInReader(card: SoftwareCard, pins: ChosenPins): CardInReader {
  return {
    readCertificate: async () => mustSucceed(await card.readCertificate('authentication'), 'the certificate'),
    sign: async (challenge) => {
      mustSucceed(await setPins(card, pins), 'the PINs');
      return mustSucceed(await card.sign('authentication', pins.authentication, challenge), 'signing');
    },
  };
}
