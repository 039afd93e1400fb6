/**
 * The factory for software cards: a folder with one card file for each card and its device key beside it. It knows a card
 * by its id, so that an order that is given again finds the card that is there. Reading back opens the card anew.
 */
import path from 'node:path';
import type { StaticKeys } from '@ishizue/card-applications';
import type { CardWorkshop, KindDer } from '@ishizue/cards';
import { ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import { KEY_KINDS } from './card-record.ts';
import { deviceKeyFileOf, loadOrMakeDeviceKey } from './device-key.ts';
import { SoftwareCard, type SoftwareCardOptions } from './software-card.ts';

const CARD_ID = /^[0-9A-Z]{16}$/;

/** A card of the folder by its id; the folder must exist. */
export async function openSoftwareCard(
  folder: string,
  cardId: string,
  makeKey?: SoftwareCardOptions['makeKey'],
): Promise<SoftwareCard> {
  if (!CARD_ID.test(cardId)) throw new Error('not a card id');
  const file = path.join(folder, `${cardId}.card`);
  const deviceKey = await loadOrMakeDeviceKey(deviceKeyFileOf(file));
  return new SoftwareCard({ path: file, deviceKey, ...(makeKey && { makeKey }) });
}

/** The files of the card’s certificates. */
const CERTIFICATE_FILES = { authentication: 'jpki/000a', signature: 'jpki/0001' } as const;

/** The files of the certificates of the authorities, by the key whose certificate they signed. */
const AUTHORITY_FILES = { authentication: 'jpki/000b', signature: 'jpki/0002' } as const;

/** What a workshop may be given besides its folder. */
export interface WorkshopTools {
  /** The key by which a card knows the issuer's permissions (pin-reset.ts), by the card's id. */
  readonly unblockKeyOf?: (cardId: string) => Promise<Uint8Array>;
  /** The keys by which applications are installed into its free area, by the card's id. */
  readonly freeAreaKeysOf?: (cardId: string) => Promise<StaticKeys>;
  /** Draws the pairs of its cards otherwise than they do. */
  readonly makeKey?: SoftwareCardOptions['makeKey'];
  /** The certificate of the authority that signed a certificate: it goes onto the card too. */
  readonly issuerOf?: (certificate: Uint8Array) => Promise<Uint8Array | undefined>;
}

export function softwareWorkshop(
  folder: string,
  { unblockKeyOf, freeAreaKeysOf, issuerOf, makeKey }: WorkshopTools = {},
): CardWorkshop {
  return {
    make: async ({ cardId, kinds, contents }) => {
      const card = await openSoftwareCard(folder, cardId, makeKey);
      const personalised = await card.personalise({
        cardId,
        kinds,
        unblockKey: await unblockKeyOf?.(cardId),
        freeAreaKeys: await freeAreaKeysOf?.(cardId),
      });
      if (!personalised.ok) return personalised;
      const stored = await card.writeContents(contents);
      if (!stored.ok) return stored;
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
        const stored =
          authority && (await card.writeContents({ files: { [AUTHORITY_FILES[kind]]: authority } }));
        if (stored && !stored.ok) return stored;
      }
      return ok(undefined);
    },
    readBack: async (cardId) => readAll(await openSoftwareCard(folder, cardId)),
    readContents: async (cardId, files) => (await openSoftwareCard(folder, cardId)).readContents(files),
  };
}

async function readAll(card: SoftwareCard): Promise<CardResult<readonly KindDer[]>> {
  const found = await card.readContents(Object.values(CERTIFICATE_FILES));
  if (!found.ok) return found;
  return ok(
    KEY_KINDS.flatMap((kind) => {
      const der = found.value[CERTIFICATE_FILES[kind]];
      return der ? [{ kind, der }] : [];
    }),
  );
}
