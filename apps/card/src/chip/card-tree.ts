/** The whole tree of the card: five applications and the free area, each in a file of its own, and what is loaded into the
 * free area. What is not here is not on the card. */
import type { CardRecord } from '../card-record.ts';
import type { PinKind } from '../pin-rules.ts';
import {
  type Application,
  type ApplicationName,
  type ElementaryFile,
  fileId,
  type TransparentFile,
} from './application.ts';
import { cardFace } from './applications/card-face.ts';
import { common } from './applications/common.ts';
import { freeArea } from './applications/free-area.ts';
import { inputHelp } from './applications/input-help.ts';
import { jpki } from './applications/jpki.ts';
import { residentRegistry } from './applications/resident-registry.ts';
import {
  filesOf,
  findLoaded,
  isLoadedName,
  type LoadedName,
  loadedNameOf,
} from './free-area/loaded-application.ts';

export const APPLICATIONS: readonly Application[] = [
  jpki,
  cardFace,
  inputHelp,
  residentRegistry,
  common,
  freeArea,
];

const BY_AID = new Map(APPLICATIONS.map((application) => [application.aid, application]));

/** By its whole AID: nothing public says that a part of one is enough. */
export const findApplication = (aid: Uint8Array): Application | undefined =>
  BY_AID.get(Buffer.from(aid).toString('hex').toUpperCase());

/** What SELECT by name finds: an application of the card’s own, or one that is loaded. */
export function findName(record: CardRecord, aid: Uint8Array): ApplicationName | LoadedName | undefined {
  const own = findApplication(aid);
  if (own) return own.name;
  const name = loadedNameOf(Buffer.from(aid).toString('hex').toUpperCase());
  return findLoaded(record, name) && name;
}

export function findFile(
  record: CardRecord,
  name: ApplicationName | LoadedName,
  fid: number,
): ElementaryFile | undefined {
  if (!isLoadedName(name))
    return APPLICATIONS.find((application) => application.name === name)?.files.find(
      (file) => file.fid === fid,
    );
  const loaded = findLoaded(record, name);
  return loaded && filesOf(loaded).find((file) => file.fid === fid);
}

/** A file that the factory writes, as the record names it: `jpki/000b`. */
export const findWrittenFile = (id: string): TransparentFile | undefined =>
  APPLICATIONS.flatMap(({ name, files }) => files.filter(isWritten).map((file) => ({ name, file }))).find(
    ({ name, file }) => fileId(name, file.fid) === id,
  )?.file;

/** The files of the PINs of a kind, as the record names them: 照合番号 stand in two applications. */
export const pinFilesOf = (rule: PinKind): readonly string[] =>
  APPLICATIONS.flatMap(({ name, files }) =>
    files.filter((file) => file.kind === 'pin' && file.rule === rule).map(({ fid }) => fileId(name, fid)),
  );

const isWritten = (file: ElementaryFile): file is TransparentFile =>
  file.kind === 'transparent' && file.content === 'written';
