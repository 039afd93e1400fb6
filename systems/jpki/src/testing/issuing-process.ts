/**
 * A process that issues certificates and is killed at a step of it, as by kill -9: its connections to database and signer
 * break off where they are. Started by issue/killed-process.test.ts, which hands its order over in the environment.
 */
import { createHash, randomBytes } from 'node:crypto';
import { ManualClock } from '@ishizue/clock';
import { reopenTestDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import { findPersons, registrySchema } from '@ishizue/registry';
import { testAccess, testNumberCipher } from '@ishizue/registry/testing';
import { SignerClient } from '@ishizue/signer';
import { ListFiles } from '../crl/list-files.ts';
import { type IssueOrder } from '../issue/issue-order.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { type JpkiContext, jpkiContext } from '../jpki-context.ts';
import { testProfile } from '../profile/jpki-profile.ts';
import { jpkiSchema } from '../schema.ts';

/** Where the process ends. */
export type KilledAt = 'storing' | 'stored' | 'signing' | 'signed' | 'handing-out' | 'handed-out';

export interface IssuingOrder {
  readonly database: string;
  readonly socketPath: string;
  readonly listsFolder: string;
  readonly now: number;
  readonly killedAt: KilledAt;
  /** The certification request is base64. */
  readonly orders: readonly (Omit<IssueOrder, 'certificationRequest'> & {
    readonly certificationRequest: string;
  })[];
}

export const ORDER_VARIABLE = 'ISHIZUE_TEST_ISSUING_ORDER';

/** Nothing runs after this. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

const order: IssuingOrder = JSON.parse(process.env[ORDER_VARIABLE] ?? '{}');
const { killedAt } = order;
let isSigned = false;
const signer = mustSucceed(await SignerClient.connect(order.socketPath), 'the signer');
const database = reopenTestDatabase(order.database, [linkSchema, ledgerSchema, registrySchema, jpkiSchema]);
const clock = new ManualClock(order.now);
const municipalities = new MunicipalityDirectory(bundledReference());
const keyOf = (site: string): Buffer => createHash('sha256').update(`pseudonyms of ${site}`).digest();
const pseudonyms = new Pseudonyms((site) => {
  // first asked for when the ledger's entries are written, within the transaction
  if (killedAt === 'handing-out' && isSigned) die();
  return keyOf(site);
});

const dyingSigner: JpkiContext['signer'] = {
  generateKey: (...all) => signer.generateKey(...all),
  signList: (request) => signer.signList(request),
  signOcsp: (request) => signer.signOcsp(request),
  signCertificate: async (request) => {
    if (killedAt === 'stored') die();
    const signing = signer.signCertificate(request);
    // the request is in the socket, the answer is not awaited
    if (killedAt === 'signing') setImmediate(die);
    const signature = await signing;
    isSigned = true;
    if (killedAt === 'signed') die();
    return signature;
  },
};

const registry = {
  sql: database.pool('registry'),
  clock,
  pseudonyms: new Pseudonyms(keyOf),
  municipalities,
  numbers: testNumberCipher,
  newRecordLinks: () => [],
  recordChangeLinks: () => [],
  changeLinks: [],
  wake: () => undefined,
};
const context = jpkiContext({
  sql: database.pool('jpki'),
  clock,
  pseudonyms,
  municipalities,
  signer: dyingSigner,
  profile: testProfile,
  statusFor: 'everyone',
  lists: new ListFiles(order.listsFolder),
  findPersons: (looks) => findPersons(registry, looks),
  randomBytes: (size) => {
    // the serial number is drawn when the row is about to be stored
    if (killedAt === 'storing' && size === 4) setImmediate(die);
    return randomBytes(size);
  },
});

await Promise.all(
  order.orders.map(async (one) => {
    const certificationRequest = Buffer.from(one.certificationRequest, 'base64');
    mustSucceed(await issueCertificate(context, testAccess, { ...one, certificationRequest }), 'issue');
    if (killedAt === 'handed-out') die();
  }),
);
