/**
 * What readers say to a chip, over whatever: messages of a single octet are the reader’s own (vsmartcard: 0 power off, 1 power
 * on, 2 reset, 4 the ATR is wanted), every other is a command.
 */
import { ATR, type Chip } from './chip.ts';

const POWER_OFF = 0;
const RESET = 2;
const WANTS_ATR = 4;

/** The answer; undefined where none is given. */
export async function answerMessage(
  chip: Chip,
  message: Uint8Array,
  onTrouble: (error: unknown) => void,
): Promise<Buffer | undefined> {
  if (message.length !== 1) return chip.transmit(message, onTrouble);
  const [control] = message;
  if (control === WANTS_ATR) return ATR;
  if (control === POWER_OFF || control === RESET) chip.reset();
  return undefined;
}
