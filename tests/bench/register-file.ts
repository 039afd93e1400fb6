/** The register files that benchmarks load: invented people, written by a process of its own so that ours stays small. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { mustSucceed } from '@ishizue/outcome';
import type { ImportCounts } from '@ishizue/registry';
import { type Country, loadRegister } from '@ishizue/server';

const PROGRAM = path.join(import.meta.dirname, 'write-register.ts');

/** Writes the register of a municipality; the same people for the same municipality. */
export async function writeRegisterFile(file: string, municipality: string, people: number): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, file, municipality, String(people)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the register was not written');
}

/** Loads a register file whose rows are all good. */
export async function loadWhole(
  country: Country,
  file: string,
  municipality: string,
  people: number,
): Promise<ImportCounts> {
  const load = await loadRegister(country, {
    municipality,
    bytes: createReadStream(file),
    rejects: {
      write: ({ row, code }) => Promise.reject(new Error(`row ${row} was refused: ${code}`)),
      close: () => Promise.resolve(),
    },
    operator: 'o-bench',
    correlation: 'bench',
  });
  const counts = mustSucceed(load, `the register of ${municipality}`);
  if (counts.loaded !== people) throw new Error(`${counts.loaded} of ${people} residents were loaded`);
  return counts;
}
