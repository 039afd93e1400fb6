/**
 * `ishizue ledger audit`, `ishizue ledger verify FILE` and `ishizue ledger raise-era`: the ledger against itself, a proof
 * file offline, and what a logical restore makes necessary.
 */
import { existsSync, readFileSync } from 'node:fs';
import { audit, parseVerifierKey, raiseEra, verifyProofFile } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const auditVerb = defineCommand({
  meta: {
    name: 'audit',
    description: 'Recompute every site’s tree from its entries and compare it with every signed checkpoint',
  },
  args: { json: { type: 'boolean', description: 'print as JSON', default: false } },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const sql = country.database.pool('ledger');
      for (const { site } of country.sites) {
        const key = mustSucceed(
          parseVerifierKey(country.keys.ledgerKeyOf(site)),
          `the ledger key of ${site}`,
        );
        const outcome = await audit(sql, site, [key]);
        print(args.json, { site, ...outcome }, `${site}: ${JSON.stringify(outcome)}`);
        if (!outcome.ok) process.exitCode = EXIT_FAILED;
      }
    });
  },
});

const verifyVerb = defineCommand({
  meta: {
    name: 'verify',
    description: 'Verify a proof file of one access, with nothing but the file',
  },
  args: {
    file: { type: 'positional', description: 'the proof file (JSON)', required: true },
    key: { type: 'string', description: 'the verifier key that the ledger is known by' },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: ({ args }) => {
    if (!existsSync(args.file))
      return printFailure(
        args.json,
        { code: 'file-missing', detail: `${args.file} is not there` },
        EXIT_UNUSABLE,
      );
    const pinned = args.key === undefined ? undefined : parseVerifierKey(args.key);
    if (pinned && !pinned.ok) return printFailure(args.json, pinned.failure, EXIT_UNUSABLE);
    const verified = verifyProofFile(readFileSync(args.file, 'utf8'), pinned?.value);
    if (!verified.ok) return printFailure(args.json, verified.failure);
    print(args.json, verified.value, 'the access is in the signed tree');
  },
});

const raiseEraVerb = defineCommand({
  meta: {
    name: 'raise-era',
    description:
      'After a restore from pg_dump, with the server stopped: new entries come after all restored ones again',
  },
  args: { json: { type: 'boolean', description: 'print as JSON', default: false } },
  run: async ({ args }) => {
    await withInstallation(args.json, async ({ database, isOwner }) => {
      if (!isOwner) {
        const detail = 'systems write while the server runs: stop it first';
        return printFailure(args.json, { code: 'server-running', detail });
      }
      const superuser = database.superuser();
      try {
        const raised = await raiseEra(superuser);
        if (!raised.ok) return printFailure(args.json, raised.failure);
        const { era, moved } = raised.value;
        print(
          args.json,
          raised.value,
          `era ${era}; ${moved} entries written since the restore moved into it`,
        );
      } finally {
        await superuser.end({ timeout: 5 });
      }
    });
  },
});

export const ledger = defineCommand({
  meta: { name: 'ledger', description: 'The ledger: audit, verify, raise-era' },
  subCommands: { audit: auditVerb, verify: verifyVerb, 'raise-era': raiseEraVerb },
});
