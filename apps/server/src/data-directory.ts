/**
 * Where an installation keeps what must outlive it: the database's cluster, the signer's sealed keys, secrets, and the
 * choice of municipalities. Files appear by rename, so that a kill leaves the old one or the new one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where the signer's files are. */
export interface SignerFiles {
  readonly keyStore: string;
  readonly state: string;
  /** The passphrase that opens the key store: an operator may replace it by one on another disk. */
  readonly passphrase: string;
  readonly socket: string;
}

export interface DataDirectory {
  readonly root: string;
  readonly postgres: string;
  readonly signer: SignerFiles;
  /** The socket by which a process owns the running installation. */
  readonly lock: string;
  /** Transcripts of key ceremonies. */
  readonly ceremony: string;
  /** Lists of revoked certificates, as they are served. */
  readonly lists: string;
  /** Software cards of demonstration residents: they belong to their holders, not to any site. */
  readonly cards: string;
  /** Printed number notices and their address files, until the printer has taken them. */
  readonly numberNotices: string;
  /** Printed notices of changed resident codes and their address files, of all municipalities, until they are taken. */
  readonly codeNotices: string;
  /** Printed notices of expiry and their address files, until the printer has taken them. */
  readonly expiryNotices: string;
  readonly deliveryNotices: string;
  /** Printed application forms and their address files, until the printer has taken them. */
  readonly applicationForms: string;
  /** Printed notices of card applications and their address files, until the printer has taken them. */
  readonly procedureNotices: string;
  /** Messages in the form of RFC 5322, until the operator's mail server has taken them. */
  readonly mailOutbox: string;
  /** Printed letters that confirm suspensions, until the printer has taken them. */
  readonly suspensionNotices: string;
  /** From which the passwords of the database's roles are derived. */
  readonly roleSecret: string;
}

/** Opens the directory, making it and its secrets when they are not there. */
export function openDataDirectory(root: string): DataDirectory {
  const absolute = path.resolve(root);
  const folder = (name: string, mode: number): string => {
    const place = path.join(absolute, name);
    mkdirSync(place, { recursive: true, mode });
    return place;
  };
  mkdirSync(absolute, { recursive: true, mode: 0o755 });
  const signer = folder('signer', 0o700);
  const sockets = socketFolder(absolute);
  return {
    root: absolute,
    postgres: path.join(absolute, 'postgres'),
    signer: {
      keyStore: path.join(signer, 'keys.sealed'),
      state: path.join(signer, 'checkpoints.state'),
      passphrase: secretFile(path.join(signer, 'passphrase')),
      socket: path.join(sockets, 'signer.sock'),
    },
    lock: path.join(sockets, 'owner.sock'),
    ceremony: folder('ceremony', 0o755),
    lists: folder('revocation-lists', 0o755),
    cards: folder('cards', 0o700),
    numberNotices: folder('number-notices', 0o700),
    codeNotices: folder('code-notices', 0o700),
    expiryNotices: folder('expiry-notices', 0o700),
    deliveryNotices: folder('delivery-notices', 0o700),
    applicationForms: folder('application-forms', 0o700),
    procedureNotices: folder('procedure-notices', 0o700),
    mailOutbox: folder('mail-outbox', 0o700),
    suspensionNotices: folder('suspension-notices', 0o700),
    roleSecret: readFileSync(secretFile(path.join(absolute, 'database-secret')), 'utf8'),
  };
}

/** The file with a random secret, made when it is not there. */
function secretFile(file: string): string {
  // a link that leads nowhere (a disk that is not mounted) must not be replaced by a new secret
  const isThere = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  if (!isThere) writeDurably(file, randomBytes(32).toString('base64url'), 0o600);
  return file;
}

/** A socket's path is limited to 107 bytes, which a clone's path may pass: it lives in the temporary folder. */
function socketFolder(root: string): string {
  const tag = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const folder = path.join(tmpdir(), `ishizue-${process.getuid?.() ?? 0}-${tag}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(folder);
  if ((mode & 0o077) !== 0 || (process.getuid && uid !== process.getuid()))
    throw new Error(`${folder} is open to others: the signer’s socket cannot be there`);
  return folder;
}

/** Writes a file so that it is there whole or not at all. */
export function writeDurably(file: string, content: string | Uint8Array, mode: number): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, content, { mode, flush: true });
  renameSync(fresh, file);
}
