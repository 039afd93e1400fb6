/**
 * A card of a file in a reader until it is taken out: a reader of PC/SC, or a page in a browser. All that time the card is
 * locked: as with one of plastic, whoever else wants it waits (`card-busy`). Flow: docs/flows/chip.md.
 */
import { fail, ok } from '@ishizue/outcome';
import { PhotoDesk } from '@ishizue/photo';
import type { CardResult } from './card-code.ts';
import { CardFile } from './card-file.ts';
import { withCardLock } from './card-lock.ts';
import { Chip } from './chip/chip.ts';
import { serveVirtualReader, type VirtualReader, type VirtualReaderOptions } from './chip/virtual-reader.ts';
import {
  serveWebSocket,
  type WebSocketReader,
  type WebSocketReaderOptions,
} from './chip/web-socket-reader.ts';
import { deviceKeyFileOf, findDeviceKey } from './device-key.ts';
import { facePicture } from './face-picture.ts';

const LOCK_WAIT_MS = 2_000;

/** In a reader of PC/SC; ends when the signal says so. */
export const serveCard = (
  file: string,
  reader: VirtualReader,
  options: VirtualReaderOptions,
): Promise<CardResult<undefined>> => inserted(file, (chip) => serveVirtualReader(chip, reader, options));

/** For pages of some origins; ends when the signal says so. */
export const serveCardToPages = (
  file: string,
  reader: WebSocketReader,
  options: WebSocketReaderOptions,
): Promise<CardResult<undefined>> =>
  inserted(file, async (chip) => {
    const photos = new PhotoDesk();
    await serveWebSocket(chip, reader, { ...options, showFace: (face) => facePicture(photos, face) });
    await photos.close();
  });

async function inserted(file: string, serve: (chip: Chip) => Promise<void>): Promise<CardResult<undefined>> {
  const deviceKey = await findDeviceKey(deviceKeyFileOf(file));
  if (!deviceKey) return fail('card-absent', 'no card with its device key beside it');
  return withCardLock(file, LOCK_WAIT_MS, async () => {
    const cardFile = new CardFile(file, deviceKey);
    const loaded = await cardFile.load();
    if (!loaded.ok) return loaded;
    await serve(new Chip(cardFile, loaded.value));
    return ok(undefined);
  });
}
