/**
 * A card of a file in a reader of PC/SC, until it is taken out. All that time the card is locked: as with one of plastic,
 * whoever else wants it waits (`card-busy`). Flow: docs/flows/chip.md.
 */
import { fail, ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import { CardFile } from './card-file.ts';
import { withCardLock } from './card-lock.ts';
import { Chip } from './chip/chip.ts';
import { serveVirtualReader, type VirtualReader, type VirtualReaderOptions } from './chip/virtual-reader.ts';
import { deviceKeyFileOf, findDeviceKey } from './device-key.ts';

const LOCK_WAIT_MS = 2_000;

/** Ends when the signal says so. */
export async function serveCard(
  file: string,
  reader: VirtualReader,
  options: VirtualReaderOptions,
): Promise<CardResult<undefined>> {
  const deviceKey = await findDeviceKey(deviceKeyFileOf(file));
  if (!deviceKey) return fail('card-absent', 'no card with its device key beside it');
  return withCardLock(file, LOCK_WAIT_MS, async () => {
    const cardFile = new CardFile(file, deviceKey);
    const loaded = await cardFile.load();
    if (!loaded.ok) return loaded;
    await serveVirtualReader(new Chip(cardFile, loaded.value), reader, options);
    return ok(undefined);
  });
}
