/**
 * `ishizue agency add | suspend | restore`: who may be provided with identity data (住民基本台帳法 別表第一), and the key that its
 * requests are signed with. Flow: docs/flows/provision.md.
 */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Result } from '@ishizue/outcome';
import { type AgencyFailure, registerAgency, setAgencyStatus } from '@ishizue/registry';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const name = {
  type: 'positional',
  description: 'the agency’s name, e.g. agency/nenkin',
  required: true,
} as const;
const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const access = commandLineAccess('住民基本台帳法 第30条の9', 'agencies');

const add = defineCommand({
  meta: { name: 'add', description: 'Register an agency with its rows of the annex and its key' },
  args: {
    name,
    title: { type: 'string', description: 'what it is called', required: true },
    rows: { type: 'string', description: 'rows of 別表第一, e.g. 77-2,77-3', required: true },
    key: { type: 'string', description: 'a file with its Ed25519 public key (PEM)', required: true },
    json,
  },
  run: async ({ args }) => {
    const publicKey = readKey(args.key);
    if (!publicKey) {
      const detail = `${args.key} is no Ed25519 public key in PEM`;
      return printFailure(args.json, { code: 'key-invalid', detail }, EXIT_UNUSABLE);
    }
    await withInstallation(args.json, async (country) => {
      const order = {
        agency: args.name,
        name: args.title,
        rows: args.rows.split(','),
        keyId: args.name,
        publicKey,
      };
      tell(args, 'active', await registerAgency(country.systems.registry, access, order));
    });
  },
});

const statusVerb = (verb: string, status: 'active' | 'suspended', description: string) =>
  defineCommand({
    meta: { name: verb, description },
    args: { name, json },
    run: async ({ args }) => {
      await withInstallation(args.json, async (country) =>
        tell(args, status, await setAgencyStatus(country.systems.registry, access, args.name, status)),
      );
    },
  });

export const agency = defineCommand({
  meta: { name: 'agency', description: 'Agencies that identity data are provided to: add, suspend, restore' },
  subCommands: {
    add,
    suspend: statusVerb('suspend', 'suspended', 'Refuse whatever the agency asks for, from now on'),
    restore: statusVerb('restore', 'active', 'End a suspension'),
  },
});

/** The 32 bytes of the key; undefined where the file holds no such key. */
function readKey(file: string): Uint8Array | undefined {
  try {
    const { crv, x } = createPublicKey(readFileSync(file)).export({ format: 'jwk' });
    return crv === 'Ed25519' && x !== undefined ? Buffer.from(x, 'base64url') : undefined;
  } catch {
    return undefined;
  }
}

function tell(
  args: { readonly name: string; readonly json: boolean },
  status: string,
  done: Result<undefined, AgencyFailure>,
): void {
  if (done.ok) print(args.json, { agency: args.name, status }, `${args.name}: ${status}`);
  else printFailure(args.json, done.failure, EXIT_CODES[done.failure.code]);
}

const EXIT_CODES: Readonly<Record<AgencyFailure, number>> = {
  'agency-invalid': EXIT_UNUSABLE,
  'annex-row-unknown': EXIT_UNUSABLE,
  'agency-known': EXIT_FAILED,
  'agency-unknown': EXIT_FAILED,
};
