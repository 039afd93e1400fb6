/** 共通 (common): what all applications share. One list of a reader program has the card’s id in 0001; no PIN is public. */
import type { Application } from '../application.ts';

export const common: Application = {
  name: 'common',
  aid: 'D3921000310001010100',
  files: [
    { kind: 'transparent', fid: 0x0001, read: 'always', bytesMax: 64, content: 'written', from: 'one-list' },
  ],
};
