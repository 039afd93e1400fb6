/** `ishizue import FILE --municipality CODE`: loads a register file; bad rows go to FILE.rejects.csv. */
import { type ImportProgress, REGISTER_COLUMNS } from '@ishizue/registry';
import { loadRegister } from '@ishizue/server';
import { defineCommand } from 'citty';
import { fileArguments, loadFile } from '../load-file.ts';

export const importVerb = defineCommand({
  meta: {
    name: 'import',
    description:
      'Load a municipality’s register from a CSV file (columns: docs/register-file.md). Good rows load, bad rows go to FILE.rejects.csv; the same file again changes nothing. Exits 1 where rows were rejected.',
  },
  args: fileArguments('six-digit municipality code'),
  run: ({ args }) =>
    loadFile(args, {
      columns: REGISTER_COLUMNS,
      load: (country, file, show) =>
        loadRegister(country, { ...file, progress: (step) => show(describe(step)) }),
    }),
});

const STEPS: Readonly<Record<ImportProgress['step'], string>> = {
  read: 'rows read',
  checked: 'rows checked',
  codes: 'resident codes received',
  loaded: 'rows loaded',
};

const describe = ({ step, rows, of }: ImportProgress): string =>
  `${rows}${of === undefined ? '' : ` of ${of}`} ${STEPS[step]}`;
