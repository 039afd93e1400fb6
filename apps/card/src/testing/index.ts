/** For tests elsewhere: a chip on paper, which answers as the card does and keeps nothing, and the chip itself. */
export { CardFile } from '../card-file.ts';
export { makeKeySlot } from '../card-key.ts';
export { APPLICATIONS } from '../chip/card-tree.ts';
export { Chip } from '../chip/chip.ts';
export { contentOf } from '../chip/content-of.ts';
export { STATUS_WORDS } from '../chip/status-words.ts';
export { PaperChip } from './paper-chip.ts';
export { PAPER_PINS, paperRecord } from './paper-record.ts';
