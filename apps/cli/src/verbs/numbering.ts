/**
 * `ishizue numbering statistics | waiting | print`: what a duty officer of the numbering centre needs: how many requests and notices
 * stand where, which requests wait and why, and the next print batch of number notices. Flow: docs/flows/numbering.md.
 */
import {
  listNumberRequests,
  type NumberRequest,
  numberingStatistics,
  type PrintFailure,
  printNotices,
} from '@ishizue/numbering';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

const statistics = defineCommand({
  meta: { name: 'statistics', description: 'How many numbers, requests and notices stand where' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const told = await numberingStatistics(country.systems.numbering);
      const lines = [
        `numbers   ${told.numbers} given, ${told.replaced} of them replaced`,
        ...told.requests.map(({ kind, state, count }) => `requests  ${kind} ${state}: ${count}`),
        ...told.notices.map(({ state, count }) => `notices   ${state}: ${count}`),
        told.waitingSince === null ? 'nobody waits' : `somebody waits since ${told.waitingSince}`,
      ];
      print(args.json, told, lines.join('\n'));
    });
  },
});

const waiting = defineCommand({
  meta: { name: 'waiting', description: 'Requests that wait, and for what. Exits 1 where there are any.' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const access = commandLineAccess('番号法 第8条', 'numbering');
      const search = { state: 'asked', municipality: null, kind: null } as const;
      const found = await listNumberRequests(country.systems.numbering, access, search);
      // whom they concern is for the officer’s own screen
      const requests = found.map(({ residentCode: _, attempt: __, ...request }) => request);
      print(args.json, { requests }, requests.map(describe).join('\n') || 'nobody waits');
      if (requests.length > 0) process.exitCode = EXIT_FAILED;
    });
  },
});

const describe = ({
  municipality,
  requestId,
  kind,
  cause,
}: Pick<NumberRequest, 'municipality' | 'requestId' | 'kind' | 'cause'>): string =>
  `${municipality}  ${requestId}  ${kind}  ${cause ?? ''}`;

const printVerb = defineCommand({
  meta: {
    name: 'print',
    description: 'Print the next number notices of the queue; the same batch again is answered, not printed',
  },
  args: {
    batch: { type: 'string', description: 'an id of one’s own: 8 to 64 of 0-9, a-z and -', required: true },
    max: { type: 'string', description: 'notices at the most', default: '5000' },
    json,
  },
  run: async ({ args }) => {
    const notices_max = Number(args.max);
    if (!Number.isInteger(notices_max) || notices_max < 1) {
      const detail = `${args.max} is no number of notices`;
      return printFailure(args.json, { code: 'max-invalid', detail }, EXIT_UNUSABLE);
    }
    await withInstallation(args.json, async (country) => {
      const access = commandLineAccess('番号法 第7条', 'number-notice');
      const order = { batchId: args.batch, notices_max };
      const printed = await printNotices(country.systems.numbering, access, order);
      if (!printed.ok) return printFailure(args.json, printed.failure, EXIT_CODES[printed.failure.code]);
      const folder = country.directory.numberNotices;
      const { batchId, files, ...counts } = printed.value;
      const lines = [
        `${batchId}: ${counts.printed} printed, ${counts.withdrawn} withdrawn, ${counts.left} left in the queue`,
        ...files.map(({ name, notices, sha256 }) => `${folder}/${name}  ${notices} notices  ${sha256}`),
      ];
      print(args.json, { ...printed.value, folder }, lines.join('\n'));
    });
  },
});

const EXIT_CODES: Readonly<Record<PrintFailure, number>> = {
  'batch-id-malformed': EXIT_UNUSABLE,
  'no-notice-queued': EXIT_FAILED,
};

export const numbering = defineCommand({
  meta: {
    name: 'numbering',
    description: 'Requests for numbers and number notices: statistics, waiting, print',
  },
  subCommands: { statistics, waiting, print: printVerb },
});
