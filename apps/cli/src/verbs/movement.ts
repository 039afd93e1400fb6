/**
 * `ishizue movement --month 2026-10`: population movement of a month that is over (住民基本台帳人口移動報告). The first call closes the
 * month; every later one gives the same lines. Flow: docs/flows/population-movement.md.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { movementReport } from '@ishizue/registry';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { print, printFailure } from '../report.ts';

export const movement = defineCommand({
  meta: {
    name: 'movement',
    description: 'Population movement of a month that is over, as CSV, by municipality, reason, sex and age',
  },
  args: {
    month: { type: 'string', description: 'e.g. 2026-10', required: true },
    out: { type: 'string', description: 'the file to write; without it the lines go to standard output' },
    json: { type: 'boolean', description: 'print the totals as JSON instead of the lines', default: false },
  },
  run: async ({ args: { month, out, json } }) => {
    await withInstallation(json, async (country) => {
      const access = commandLineAccess('住民基本台帳法 第37条', 'population-movement');
      const report = await movementReport(country.systems.registry, access, month);
      if (!report.ok) return printFailure(json, report.failure);
      const { csv, ...told } = report.value;
      if (out !== undefined) await pipeline(Readable.from(csv), createWriteStream(out));
      else if (!json) for await (const piece of csv) process.stdout.write(piece);
      const totals = told.totals.map(({ reason, kind, count }) => `${reason} ${kind} ${count}`).join(', ');
      if (json || out !== undefined)
        print(json, told, `${month}: ${told.events} movements, ${told.unassigned} unassigned (${totals})`);
    });
  },
});
