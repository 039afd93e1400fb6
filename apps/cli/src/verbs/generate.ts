/** `ishizue generate --municipality CODE --people N --out FILE`: an invented register for demonstrations and loads. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { generateRegister, writeRegisterCsv } from '@ishizue/demo';
import { parseMunicipalityCode } from '@ishizue/municipalities';
import { defineCommand } from 'citty';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const PEOPLE_MAX = 20_000_000;

export const generate = defineCommand({
  meta: {
    name: 'generate',
    description: 'Write a register of invented people with real town names, the same for the same seed',
  },
  args: {
    municipality: { type: 'string', description: 'six-digit municipality code', required: true },
    people: { type: 'string', description: 'how many', default: '1000' },
    seed: { type: 'string', description: 'any text', default: '1' },
    out: { type: 'string', description: 'the file to write', required: true },
    encoding: { type: 'string', description: 'utf-8 or shift-jis', default: 'utf-8' },
    'bad-rows': { type: 'string', description: 'malformed rows of each kind to mix in', default: '0' },
    json: { type: 'boolean', description: 'print the result as JSON', default: false },
  },
  run: async ({ args }) => {
    const code = parseMunicipalityCode(args.municipality);
    if (!code.ok) return printFailure(args.json, code.failure, EXIT_UNUSABLE);
    const [people, badRows] = [args.people, args['bad-rows']].map(Number);
    if (!isCount(people, PEOPLE_MAX) || !isCount(badRows, 1_000)) {
      const detail = '--people and --bad-rows are whole numbers';
      return printFailure(args.json, { code: 'number-invalid', detail }, EXIT_UNUSABLE);
    }
    const asOf = dateInTokyo(systemClock.now());
    const register = generateRegister({
      municipality: code.value.code,
      people,
      seed: args.seed,
      asOf,
      badRows,
    });
    const csv = writeRegisterCsv(register, args.encoding === 'shift-jis' ? 'cp932' : 'utf-8');
    await pipeline(csv, createWriteStream(args.out, { mode: 0o600 }));
    const injected = register.badRows.length;
    print(
      args.json,
      { file: args.out, people, badRows: injected },
      `${args.out}: ${people} people, ${injected} bad rows`,
    );
  },
});

const isCount = (value: number | undefined, max: number): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= max;
