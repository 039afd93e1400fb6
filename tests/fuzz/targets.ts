/** What is fuzzed, by name, with its share of the inputs; a target's modules are loaded only where it is fuzzed. */
import type { MakeTarget } from './fuzz-target.ts';

interface Entry {
  /** Parts in a hundred of the inputs: cheap and exposed parsers get more than what signs before it parses. */
  readonly share: number;
  readonly load: () => Promise<{ readonly makeTarget: MakeTarget }>;
}

const TARGETS: Readonly<Record<string, Entry>> = {
  der: { share: 16, load: () => import('./targets/der.ts') },
  pem: { share: 6, load: () => import('./targets/pem.ts') },
  certificate: { share: 16, load: () => import('./targets/certificate.ts') },
  'certification-request': { share: 10, load: () => import('./targets/certification-request.ts') },
  list: { share: 12, load: () => import('./targets/list.ts') },
  'ocsp-request': { share: 12, load: () => import('./targets/ocsp-request.ts') },
  'ocsp-path': { share: 6, load: () => import('./targets/ocsp-path.ts') },
  'ocsp-response': { share: 8, load: () => import('./targets/ocsp-response.ts') },
  'signer-frames': { share: 6, load: () => import('./targets/signer-frames.ts') },
  path: { share: 2, load: () => import('./targets/path.ts') },
  message: { share: 4, load: () => import('./targets/message.ts') },
  pdf: { share: 2, load: () => import('./targets/pdf.ts') },
  chip: { share: 10, load: () => import('./targets/chip.ts') },
};

/** Planted faults, by which the tests see that a fault would be found: no part of any fuzzing. */
const PLANTED: Readonly<Record<string, Entry>> = {
  'planted-bug': { share: 0, load: () => import('./targets/planted-bug.ts') },
  'planted-hang': { share: 0, load: () => import('./targets/planted-hang.ts') },
  'planted-hunger': { share: 0, load: () => import('./targets/planted-hunger.ts') },
};

export const targetNames: readonly string[] = Object.keys(TARGETS);

const entryOf = (name: string): Entry => {
  const entry = { ...TARGETS, ...PLANTED }[name];
  if (entry === undefined) throw new Error(`no target ${name}`);
  return entry;
};

export const shareOf = (name: string): number => entryOf(name).share;

/** The maker of a target. */
export const targetNamed =
  (name: string): MakeTarget =>
  async () =>
    (await entryOf(name).load()).makeTarget();
