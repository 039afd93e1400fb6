/** The whole tree of the card: five applications, each in a file of its own. What is not here is not on the card. */
import {
  type Application,
  type ApplicationName,
  type ElementaryFile,
  fileId,
  type TransparentFile,
} from './application.ts';
import { cardFace } from './applications/card-face.ts';
import { common } from './applications/common.ts';
import { inputHelp } from './applications/input-help.ts';
import { jpki } from './applications/jpki.ts';
import { residentRegistry } from './applications/resident-registry.ts';

export const APPLICATIONS: readonly Application[] = [jpki, cardFace, inputHelp, residentRegistry, common];

const BY_AID = new Map(APPLICATIONS.map((application) => [application.aid, application]));

/** By its whole AID: nothing public says that a part of one is enough. */
export const findApplication = (aid: Uint8Array): Application | undefined =>
  BY_AID.get(Buffer.from(aid).toString('hex').toUpperCase());

export const findFile = (name: ApplicationName, fid: number): ElementaryFile | undefined =>
  APPLICATIONS.find((application) => application.name === name)?.files.find((file) => file.fid === fid);

/** A file that the factory writes, as the record names it: `jpki/000b`. */
export const findWrittenFile = (id: string): TransparentFile | undefined =>
  APPLICATIONS.flatMap(({ name, files }) => files.filter(isWritten).map((file) => ({ name, file }))).find(
    ({ name, file }) => fileId(name, file.fid) === id,
  )?.file;

const isWritten = (file: ElementaryFile): file is TransparentFile =>
  file.kind === 'transparent' && file.content === 'written';
