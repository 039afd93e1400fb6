/** 住基 (resident registry): the resident code, for counters, after the PIN. Only AID, PIN and its command are public. */
import type { Application } from '../application.ts';

const PIN = 0x001c;

export const residentRegistry: Application = {
  name: 'resident-registry',
  aid: 'D3921000310001010401',
  files: [
    { kind: 'transparent', fid: 0x0001, read: [PIN], bytesMax: 256, content: 'written', from: 'ours' },
    { kind: 'pin', fid: PIN, rule: 'resident-registry', change: 'own-change', from: 'one-list' },
  ],
};
