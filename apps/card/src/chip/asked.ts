/** One command at the card as it is: what every command of the chip is given, and which file it means. */
import type { CardRecord } from '../card-record.ts';
import type { Command } from './apdu.ts';
import type { ApplicationName, ElementaryFile } from './application.ts';
import { findFile } from './card-tree.ts';
import type { LoadedName } from './free-area/loaded-application.ts';
import type { Session } from './session.ts';
import type { Status } from './status-words.ts';

export interface Asked {
  readonly record: CardRecord;
  readonly session: Session;
  readonly command: Command;
}

export interface MeantFile<File extends ElementaryFile> {
  readonly application: ApplicationName | LoadedName;
  readonly file: File;
}

type Kind = ElementaryFile['kind'];
type OfKind<K extends Kind> = Extract<ElementaryFile, { readonly kind: K }>;

const SHORT_IDENTIFIER = 0x80;
const SHORT_IDENTIFIER_MASK = 0x1f;

/**
 * The EF of a reference (ISO 7816-4 7.3.2): `80` is the one selected, `80|sfi` names one by the low five bits of its identifier.
 */
export function meantFile<K extends Kind>(
  { record, session: { application, fid } }: Pick<Asked, 'record' | 'session'>,
  reference: number,
  kind: K,
): MeantFile<OfKind<K>> | Status {
  if ((reference & ~SHORT_IDENTIFIER_MASK) !== SHORT_IDENTIFIER) return 'parameters-wrong';
  const short = reference & SHORT_IDENTIFIER_MASK;
  const wanted = short === 0 ? fid : short;
  if (application === undefined || wanted === undefined) return 'no-file-selected';
  const file = findFile(record, application, wanted);
  if (!file) return 'file-absent';
  return isOfKind(file, kind) ? { application, file } : 'file-of-another-kind';
}

const isOfKind = <K extends Kind>(file: ElementaryFile, kind: K): file is OfKind<K> => file.kind === kind;
