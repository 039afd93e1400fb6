/**
 * Showing a PIN to the card. The try is taken from the counter, durably, before anything is compared: whoever cuts the
 * power (or kills the process) after the comparison has used the try. A right PIN gives the tries back.
 */
import { fail, ok } from '@ishizue/outcome';
import type { CardResult } from './card-code.ts';
import type { CardFile } from './card-file.ts';
import { type CardRecord, type KeyKind, type KeySlot, withSlot } from './card-record.ts';
import { pinMatches } from './pin-hash.ts';
import { parsePin, triesMaxOf } from './pin-rules.ts';

/** The record after a right PIN, saved with all its tries; refuses otherwise. */
export async function presentPin(
  file: CardFile,
  record: CardRecord,
  kind: KeyKind,
  slot: KeySlot,
  given: string,
): Promise<CardResult<CardRecord>> {
  const { pin } = slot;
  if (pin === null) return fail('pin-not-set', 'the holder has not set this PIN');
  if (pin.triesLeft === 0) return fail('pin-locked', 'the PIN was missed too often');
  const parsed = parsePin(kind, given);
  if (!parsed.ok) return parsed;
  const triesLeft = pin.triesLeft - 1;
  await file.save(withSlot(record, kind, { ...slot, pin: { ...pin, triesLeft } }));
  if (!(await pinMatches(parsed.value, pin.hash)))
    return { ok: false, failure: { code: 'pin-wrong', detail: 'the PIN is wrong', triesLeft } };
  const restored = withSlot(record, kind, { ...slot, pin: { ...pin, triesLeft: triesMaxOf(kind) } });
  await file.save(restored);
  return ok(restored);
}
