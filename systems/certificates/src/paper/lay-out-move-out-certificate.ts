/**
 * The move-out certificate (転出証明書, 住民基本台帳法施行令 art. 23, A4): destination and planned day, then a box for each mover with
 * all that the new municipality types in. Pure: the same content gives the same description.
 */
import type { IsoDate } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import type { Block, DocumentSpec, Row } from '@ishizue/pdf';
import type { MoveOutInformation, Opened } from '@ishizue/registry';
import { formatPartialWareki, parsePartialDate } from '@ishizue/text';
import { certification, footItems, label, MARGINS_MM, named, remarks, value } from './lay-out-copy.ts';
import { nationalityName } from './nationality-name.ts';
import type { Press } from './press.ts';
import { type Issuer, plain, SEXES, wareki } from './record-copy.ts';
import type { ChosenSubstitute } from './substitutes.ts';

/** What is printed, each text as it stands on the paper. */
export interface MoveOutPaper {
  readonly certificateId: string;
  readonly issuer: Issuer;
  readonly issuedOn: string;
  readonly moveId: string;
  /** 1 for the first; printed where it is a later one (再交付). */
  readonly issue: number;
  readonly oldAddress: string;
  readonly head: string;
  readonly destination: string;
  readonly plannedOn: string;
  readonly movers: readonly (readonly (readonly [label: string, text: string])[])[];
}

/** The information of one mover, with the number as the paper says it. */
type Mover = Opened<MoveOutInformation>;

/** Makes the content of the movers of one move. */
export function moveOutPaperOf(
  source: {
    readonly certificateId: string;
    readonly issuer: Issuer;
    readonly issuedOn: IsoDate;
    readonly issue: number;
  },
  movers: readonly [Mover, ...(readonly Mover[])],
): MoveOutPaper {
  const [first] = movers;
  return {
    certificateId: source.certificateId,
    issuer: source.issuer,
    issuedOn: wareki(source.issuedOn),
    moveId: first.moveId,
    issue: source.issue,
    oldAddress: plain(first.address),
    head: plain(first.head ?? ''),
    destination: plain(first.destination),
    plannedOn: wareki(first.plannedOn),
    movers: movers.map(linesOf),
  };
}

function linesOf(mover: Mover): readonly (readonly [string, string])[] {
  const { details, benefits } = mover;
  const lines: [string, string | null][] = [
    ['フリガナ', details.nameKana],
    ['氏名', details.name],
    ['旧氏', details.formerSurname],
    ['通称', details.alias],
    ['生年月日', formatPartialWareki(mustSucceed(parsePartialDate(details.birthDate), 'a birth date'))],
    ['性別', SEXES[details.sex]],
    ['続柄', mover.relationship],
    ...originOf(details),
    ['住民票コード', mover.residentCode],
    ['個人番号', mover.individualNumber],
    ['国民健康保険', benefits.nationalHealthInsurance ? '有' : '無'],
    ['後期高齢者医療', benefits.lateElderlyMedicalCare ? '有' : '無'],
    ['介護保険', benefits.longTermCare ? '有' : '無'],
    ['国民年金', benefits.pension && `第${benefits.pension.category}号　${benefits.pension.number}`],
    ['児童手当', benefits.childAllowance ? '有' : '無'],
  ];
  return lines.flatMap(([name, text]) => (text === null ? [] : [[name, plain(text)] as const]));
}

function originOf(details: MoveOutInformation['details']): [string, string | null][] {
  if (details.nationality === 'JPN')
    return [
      ['本籍', details.domicile],
      ['筆頭者', details.familyRegisterHead],
    ];
  return [
    ['国籍・地域', nationalityName(details.nationality)],
    ['在留資格', details.residenceStatus],
    ['在留期間満了日', details.stayExpiresOn && wareki(details.stayExpiresOn)],
  ];
}

const COLUMNS_MM = [39, 131];

/** The description of the paper. `substitutes` are those chosen for its texts. */
export function layOutMoveOutCertificate(
  press: Press,
  paper: MoveOutPaper,
  substitutes: readonly ChosenSubstitute[],
  issuedAt: number,
): DocumentSpec {
  const drawn = new Map(substitutes.map((substitute) => [substitute.wanted, substitute.drawn]));
  const foot = footItems(paper, '転入をした日から十四日以内に届け出てください。');
  const row = (name: string, text: string): Row => ({
    cells: [label(name), named(text, substitutes, 1)],
    height_mm: 6.6,
  });
  const table = (rows: readonly Row[]): Block => ({ kind: 'table', columns_mm: COLUMNS_MM, rows });
  return {
    id: paper.certificateId,
    title: '転出証明書',
    author: paper.issuer.municipality,
    createdAt: issuedAt,
    background: press.background,
    margins_mm: MARGINS_MM,
    substituteFor: (cluster) => drawn.get(cluster),
    everyPage: () => foot,
    body: [
      { kind: 'heading', text: '転出証明書', size_pt: 20, align: 'distributed', width_mm: 80 },
      ...(paper.issue > 1
        ? [{ kind: 'paragraph' as const, text: '再交付', size_pt: 10, align: 'center' as const }]
        : []),
      { kind: 'space', height_mm: 3 },
      table([
        { cells: [label('届出番号'), value(paper.moveId)], height_mm: 6.6 },
        row('住所', paper.oldAddress),
        row('世帯主', paper.head),
        row('転出先', paper.destination),
        row('転出予定年月日', paper.plannedOn),
      ]),
      ...paper.movers.flatMap((lines): Block[] => [
        { kind: 'space', height_mm: 3 },
        table(lines.map(([name, text]) => row(name, text))),
      ]),
      ...remarks(substitutes),
      { kind: 'space', height_mm: 3, keep_with_next: true },
      ...certification(paper, '上記の者が転出の届出をしたことを証明する。'),
    ],
  };
}
