/**
 * A counter of a demonstration that hands a card over, by the routes of the national site (docs/flows/hand-over.md): the card is
 * delivered in one house, opened with a passport, its PINs are set by the person, and it signs. For the life, the
 * test cards and tests; what a real counter sees with its own eyes (documents, face) is taken as seen.
 */
import { randomUUID } from 'node:crypto';
import { photoDigest } from '@ishizue/cards';
import { z } from 'zod';
import { type ChosenPins, cardInReader, setPins } from './card-in-reader.ts';
import type { SoftwareCard } from './software-card.ts';

const cardState = z.object({ state: z.string() });
const opened = z.object({ id: z.string(), challenge: z.string() });

export interface CounterHandOver {
  readonly cardId: string;
  readonly applicationId: string;
  readonly municipality: string;
  readonly terminal: string;
  readonly card: SoftwareCard;
  readonly pins: ChosenPins;
  /** A child’s representative comes with it. */
  readonly isChild?: boolean;
}

/**
 * @param post a clerk’s POST below the national site; throws where it is refused
 * @returns the last answer: the card, active
 */
export async function handOverAtCounter(
  post: (path: `/${string}`, body: object) => Promise<unknown>,
  { cardId, applicationId, municipality, terminal, card, pins, isChild = false }: CounterHandOver,
): Promise<unknown> {
  const delivered = await post(`/cards/${cardId}/delivery`, { terminal });
  if (cardState.parse(delivered).state === 'active') {
    await setPins(card, pins);
    return delivered;
  }
  const shown = isChild
    ? {
        receiver: 'legal-representative',
        receiverDocuments: ['passport'],
        ground: 'parent-by-family-register',
      }
    : { receiver: 'holder' };
  const { id, challenge } = opened.parse(
    await post('/cards/hand-overs', {
      requestId: randomUUID(),
      applicationId,
      cardId,
      municipality,
      documents: ['passport'],
      ...shown,
      terminal,
    }),
  );
  const inReader = cardInReader(card, pins);
  const signature = Buffer.from(await inReader.sign(Buffer.from(challenge, 'base64')));
  const photo = await inReader.readPhoto();
  return post(`/cards/hand-overs/${id}/completion`, {
    municipality,
    certificate: Buffer.from(await inReader.readCertificate()).toString('base64'),
    signature: signature.toString('base64'),
    resembles: true,
    comparedWith: photo ? 'camera' : null,
    faceSha256: photo ? photoDigest(photo).toString('hex') : null,
    terminal,
  });
}
