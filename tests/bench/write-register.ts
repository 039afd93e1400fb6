/** Writes a register file of invented people: `node write-register.ts FILE MUNICIPALITY PEOPLE`. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { generateRegister, writeRegisterCsv } from '@ishizue/demo';

const [file, municipality, people] = process.argv.slice(2);
if (file === undefined || municipality === undefined) throw new Error('FILE MUNICIPALITY PEOPLE are needed');
const rows = generateRegister({
  municipality,
  people: Number(people),
  seed: 'bench',
  asOf: dateInTokyo(systemClock.now()),
});
await pipeline(writeRegisterCsv(rows), createWriteStream(file, { mode: 0o600 }));
