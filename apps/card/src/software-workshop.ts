/**
 * The factory for software cards: a folder with one card file for each card and its device key beside it. It knows a card
 * by its id, so that an order that is given again finds the card that is there. Reading back opens the card anew.
 */
import path from 'node:path';
import type { CardWorkshop, KindDer } from '@ishizue/cards';
import { ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import { KEY_KINDS } from './card-record.ts';
import { deviceKeyFileOf, loadOrMakeDeviceKey } from './device-key.ts';
import { SoftwareCard } from './software-card.ts';

const CARD_ID = /^[0-9A-Z]{16}$/;

/** A card of the folder by its id; the folder must exist. */
export async function openSoftwareCard(folder: string, cardId: string): Promise<SoftwareCard> {
  if (!CARD_ID.test(cardId)) throw new Error('not a card id');
  const file = path.join(folder, `${cardId}.card`);
  return new SoftwareCard({ path: file, deviceKey: await loadOrMakeDeviceKey(deviceKeyFileOf(file)) });
}

/** The files of the certificates of the authorities, by the key whose certificate they signed. */
const AUTHORITY_FILES = { authentication: 'jpki/000b', signature: 'jpki/0002' } as const;

/**
 * @param unblockKeyOf the key by which a card knows the issuer's permissions (pin-reset.ts), by the card's id
 * @param issuerOf the certificate of the authority that signed a certificate: it goes onto the card too
 */
export function softwareWorkshop(
  folder: string,
  unblockKeyOf?: (cardId: string) => Promise<Uint8Array>,
  issuerOf?: (certificate: Uint8Array) => Promise<Uint8Array | undefined>,
): CardWorkshop {
  return {
    make: async ({ cardId, kinds }) => {
      const card = await openSoftwareCard(folder, cardId);
      const personalised = await card.personalise({
        cardId,
        kinds,
        unblockKey: await unblockKeyOf?.(cardId),
      });
      if (!personalised.ok) return personalised;
      const requests: KindDer[] = [];
      for (const kind of kinds) {
        const der = await card.certificationRequest(kind);
        if (!der.ok) return der;
        requests.push({ kind, der: der.value });
      }
      return ok(requests);
    },
    writeCertificates: async (cardId, certificates) => {
      const card = await openSoftwareCard(folder, cardId);
      for (const { kind, der } of certificates) {
        const written = await card.writeCertificate(kind, der);
        if (!written.ok) return written;
        const authority = await issuerOf?.(der);
        const stored = authority && (await card.writeFiles({ [AUTHORITY_FILES[kind]]: authority }));
        if (stored && !stored.ok) return stored;
      }
      return ok(undefined);
    },
    readBack: async (cardId) => readAll(await openSoftwareCard(folder, cardId)),
  };
}

async function readAll(card: SoftwareCard): Promise<CardResult<readonly KindDer[]>> {
  const found: KindDer[] = [];
  for (const kind of KEY_KINDS) {
    const der = await card.readCertificate(kind);
    if (der.ok) found.push({ kind, der: der.value });
    else if (der.failure.code !== 'key-absent' && der.failure.code !== 'certificate-absent') return der;
  }
  return ok(found);
}
