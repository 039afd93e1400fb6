/**
 * NIST's Public Key Interoperability Test Suite (PKITS, 2011), read from where Debian's python3-cryptography-vectors puts
 * it. A test is an end entity's certificate with the settings and the verdict that NIST's document gives; the file's name
 * says the verdict but where the document has several settings for one file, which stand in SETTINGS.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, type Crl, parseCrl } from '@ishizue/x509';
import type { PolicyWishes } from '../path/path-question.ts';
import { readForeignCertificate } from '../read-certificate.ts';

const FOLDER = '/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data';

/** Why PKITS cannot run here, or false: the `skip` of such a test. */
export const pkitsMissing: string | false = existsSync(FOLDER)
  ? false
  : 'the PKITS vectors are not installed (Debian: python3-cryptography-vectors)';

export interface PkitsTest {
  readonly name: string;
  readonly file: string;
  readonly isValid: boolean;
  readonly wishes: PolicyWishes;
}

const policy = (number: number): string => `2.16.840.1.101.3.2.1.48.${number}`;
const explicit = (...policies: number[]): PolicyWishes => ({ ...only(...policies), explicitPolicy: true });
const only = (...policies: number[]): PolicyWishes =>
  policies.length === 0 ? {} : { policies: policies.map(policy) };

type Setting = readonly [isValid: boolean, wishes: PolicyWishes];
const AS_IT_IS: PolicyWishes = {};

/** Files whose name does not say the verdict, or that are run under more than the default settings. */
const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  ValidCertificatePathTest1: [
    [true, AS_IT_IS],
    [true, explicit()],
    [true, explicit(1)],
    [false, explicit(2)],
    [true, explicit(1, 2)],
  ],
  AllCertificatesNoPoliciesTest2: [
    [true, AS_IT_IS],
    [false, explicit()],
  ],
  DifferentPoliciesTest3: [
    [true, AS_IT_IS],
    [false, explicit()],
    [false, explicit(1, 2)],
  ],
  DifferentPoliciesTest4: [[false, AS_IT_IS]],
  DifferentPoliciesTest5: [[false, AS_IT_IS]],
  OverlappingPoliciesTest6: [
    [true, AS_IT_IS],
    [true, only(1)],
    [false, only(2)],
  ],
  DifferentPoliciesTest7: [[false, AS_IT_IS]],
  DifferentPoliciesTest8: [[false, AS_IT_IS]],
  DifferentPoliciesTest9: [[false, AS_IT_IS]],
  AllCertificatesSamePoliciesTest10: [
    [true, AS_IT_IS],
    [true, only(1)],
    [true, only(2)],
  ],
  AllCertificatesanyPolicyTest11: [
    [true, AS_IT_IS],
    [true, only(1)],
  ],
  DifferentPoliciesTest12: [[false, AS_IT_IS]],
  AllCertificatesSamePoliciesTest13: [
    [true, only(1)],
    [true, only(2)],
    [true, only(3)],
  ],
  AnyPolicyTest14: [
    [true, only(1)],
    [false, only(2)],
  ],
  UserNoticeQualifierTest15: [[true, AS_IT_IS]],
  UserNoticeQualifierTest16: [[true, AS_IT_IS]],
  UserNoticeQualifierTest17: [[true, AS_IT_IS]],
  UserNoticeQualifierTest18: [
    [true, only(1)],
    [true, only(2)],
  ],
  UserNoticeQualifierTest19: [[true, AS_IT_IS]],
  CPSPointerQualifierTest20: [[true, explicit(1)]],
  ValidPolicyMappingTest1: [
    [true, only(1)],
    [false, only(2)],
    [false, { inhibitMapping: true }],
  ],
  InvalidPolicyMappingTest2: [
    [false, AS_IT_IS],
    [false, { inhibitMapping: true }],
  ],
  ValidPolicyMappingTest3: [
    [false, only(1)],
    [true, only(2)],
  ],
  ValidPolicyMappingTest5: [
    [true, only(1)],
    [false, only(6)],
  ],
  ValidPolicyMappingTest6: [
    [true, only(1)],
    [false, only(6)],
  ],
  ValidPolicyMappingTest12: [
    [true, only(1)],
    [true, only(2)],
  ],
  inhibitAnyPolicyTest3: [
    [true, AS_IT_IS],
    [false, { inhibitAny: true }],
  ],
};

const SUFFIX = 'EE.crt';

function settingsOf(name: string): readonly Setting[] {
  const settings = SETTINGS[name];
  if (settings !== undefined) return settings;
  if (!/^(?:Valid|Invalid)/.test(name)) throw new Error(`no settings for ${name}`);
  return [[name.startsWith('Valid'), AS_IT_IS]];
}

/** Every test of the suite, once for each of its settings. */
export function pkitsTests(): readonly PkitsTest[] {
  const names = readdirSync(join(FOLDER, 'certs'))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  return names.flatMap((name) =>
    settingsOf(name).map(([isValid, wishes]) => ({ name, file: name + SUFFIX, isValid, wishes })),
  );
}

/** The files of a kind as they are. */
export const pkitsOctets = (kind: 'certs' | 'crls'): readonly Uint8Array[] =>
  readdirSync(join(FOLDER, kind)).map((file) => readFileSync(join(FOLDER, kind, file)));

export interface PkitsBag {
  readonly anchor: Certificate;
  /** Everything that can be read, whomever it belongs to: the search must find its way. */
  readonly certificates: readonly Certificate[];
  readonly crls: readonly Crl[];
  /** The certificate of a file, undefined where it cannot be read. */
  readonly find: (file: string) => Certificate | undefined;
}

/** All certificates and lists of the suite. */
export function pkitsBag(): PkitsBag {
  const read = (folder: string): readonly (readonly [string, Uint8Array])[] =>
    readdirSync(join(FOLDER, folder)).map((file) => [file, readFileSync(join(FOLDER, folder, file))]);
  const certificates = new Map(
    read('certs').flatMap(([file, der]) => {
      const parsed = readForeignCertificate(der);
      return parsed.ok ? [[file, parsed.value] as const] : [];
    }),
  );
  const crls = read('crls').flatMap(([, der]) => {
    const parsed = parseCrl(der);
    return parsed.ok ? [parsed.value] : [];
  });
  const anchor = certificates.get('TrustAnchorRootCertificate.crt');
  if (anchor === undefined) throw new Error('PKITS without its anchor');
  return {
    anchor,
    certificates: [...certificates.values()],
    crls,
    find: (file) => certificates.get(file),
  };
}

export interface PkitsMessage {
  readonly name: string;
  /** Under the default settings, by NIST's document. */
  readonly isValid: boolean;
  /** The detached CMS message, which brings its certificates and lists. */
  readonly message: Uint8Array;
  readonly content: Uint8Array;
}

const IS_VALID =
  /^(?:Valid|AllCertificates|AnyPolicy|CPSPointer|UserNotice|Overlapping|inhibitAny|DifferentPoliciesTest3$)/;

/** The suite's S/MIME messages (RFC 8551 3.5.3): the same paths, with a signature over a text at their end. */
export function pkitsMessages(): readonly PkitsMessage[] {
  return readdirSync(join(FOLDER, 'smime')).map((file) => {
    const name = file.slice('Signed'.length, -'.eml'.length);
    const text = readFileSync(join(FOLDER, 'smime', file), 'latin1');
    const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? '';
    const [, part = '', signature = ''] = text.split(`--${boundary}`);
    const content = part.replace(/^\r?\n/, '').replace(/\r?\n$/, '');
    const base64 = signature.replace(/^[^]*?\r?\n\r?\n/, '').replaceAll(/\s/g, '');
    return {
      name,
      isValid: IS_VALID.test(name),
      message: Buffer.from(base64, 'base64'),
      content: Buffer.from(content.replaceAll(/\r?\n/g, '\r\n'), 'latin1'),
    };
  });
}
