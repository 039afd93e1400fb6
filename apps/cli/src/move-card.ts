/** A card is moved, not copied: its counters stand in one file only. Key first, so that no card is ever without its key. */
import { constants, copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { deviceKeyFileOf } from '@ishizue/card';

/** Killed in between it may be in both places, never in none. */
export function moveCard(folder: string, cardId: string, to: string): void {
  const from = path.join(folder, `${cardId}.card`);
  const files = [
    [deviceKeyFileOf(from), deviceKeyFileOf(to)],
    [from, to],
  ] as const;
  for (const [old, fresh] of files) copyFileSync(old, fresh, constants.COPYFILE_EXCL);
  for (const [old] of files.toReversed()) rmSync(old);
}
