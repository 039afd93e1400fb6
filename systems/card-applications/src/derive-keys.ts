/**
 * Keys of channels, each of two halves of 32 octets that are derived in the signer by a label that no other label begins:
 * the free area’s by the card, an application’s by AID, key version and card. So no card has another card’s keys, and no
 * owner’s keys open another owner’s application.
 */
import type { StaticKeys } from './channel/session-keys.ts';

/** Derives 32 octets by a label from one secret. */
export type DeriveByLabel = (label: string) => Promise<Uint8Array>;

const both = async (derive: DeriveByLabel, label: string): Promise<StaticKeys> => ({
  enc: await derive(`${label}/enc`),
  mac: await derive(`${label}/mac`),
});

export const freeAreaKeys = (derive: DeriveByLabel, cardId: string): Promise<StaticKeys> =>
  both(derive, `free-area/${cardId}`);

export const applicationKeys = (
  derive: DeriveByLabel,
  aid: string,
  keyVersion: number,
  cardId: string,
): Promise<StaticKeys> => both(derive, `application/${aid}/${keyVersion}/${cardId}`);
