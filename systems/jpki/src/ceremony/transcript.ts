/**
 * The transcript of a ceremony (鍵生成式の記録): its steps in Japanese and English, who did what for what purpose, what was
 * made, and the hash of the transcript before it. Its last line is the hash of all above, which the ledger's entry of the
 * ceremony holds too. Made of what is stored, so the same ceremony has the same transcript. Pure.
 */
import { createHash } from 'node:crypto';
import { encodePem } from '@ishizue/x509';
import { type Authority, authorityLabel } from '../authority/authorities.ts';
import type { Responder } from '../authority/responders.ts';
import { linesOf } from '../ceremony.ts';
import type { Ceremony } from './ceremony-store.ts';

const TITLES: Readonly<Record<Ceremony['act'], string>> = {
  'next-generation': '次の世代の鍵を作る / Make the next generation',
  'switch-issuing': '発行する世代を切り替える / Switch issuing to a generation',
  retire: '世代を終える / Retire a generation',
};

/** What a transcript tells besides the ceremony itself. */
export interface TranscriptFacts {
  readonly authority: Authority;
  readonly responders: readonly Responder[];
  /** The hash of the transcript before it; undefined of the first. */
  readonly previous: string | undefined;
  readonly finishedAt: number;
}

export const TRANSCRIPT_TITLE = '鍵生成式の記録 / Transcript of a key ceremony';
const iso = (ms: number): string => new Date(ms).toISOString();

export function transcriptOf(ceremony: Ceremony, facts: TranscriptFacts): string {
  const lines = [
    TRANSCRIPT_TITLE,
    '',
    `ceremony      ${ceremony.id}`,
    `act           ${ceremony.act}: ${TITLES[ceremony.act]}`,
    `of            ${authorityLabel(ceremony)}`,
    `previous      ${facts.previous ?? 'none'}`,
    '',
    ...person('1. 提案 / Proposed', ceremony.proposedBy, ceremony.proposedFor, ceremony.proposedAt),
    ...person(
      '2. 別の者による承認 / Approved by a second person',
      ceremony.approvedBy ?? '',
      ceremony.approvedFor ?? '',
      ceremony.approvedAt ?? 0,
    ),
    ...doneLines(ceremony, facts),
    `finished at   ${iso(facts.finishedAt)}`,
  ];
  const text = `${lines.join('\n')}\n`;
  return `${text}sha-256       ${hashOf(text)}\n`;
}

const person = (step: string, by: string, purpose: string, at: number): readonly string[] => [
  step,
  `by            ${by}`,
  `purpose       ${purpose}`,
  `at            ${iso(at)}`,
  '',
];

function doneLines({ act, issuesFrom }: Ceremony, { authority, responders }: TranscriptFacts) {
  switch (act) {
    case 'next-generation':
      return [
        '3. 鍵を作り、証明書と応答者と最初の失効リストを作成 / Key, certificate, responder and first lists made',
        ...linesOf([authority], responders),
        encodePem('CERTIFICATE', authority.certificate.der).trim(),
        '',
      ];
    case 'switch-issuing':
      return [
        '3. 発行開始日時を決定 / Decided from when it issues',
        `issues from   ${iso(issuesFrom ?? 0)}`,
        ...whichLines(authority),
      ];
    case 'retire':
      return [
        '3. 有効な証明書がないことを確認して終了 / Nothing depends on it: it signs nothing from now on',
        ...whichLines(authority),
      ];
  }
}

const whichLines = (authority: Authority): readonly string[] => [
  ...linesOf([authority], []),
  encodePem('CERTIFICATE', authority.certificate.der).trim(),
  '',
];

/** The hash in the last line. */
export const statedHash = (transcript: string): string => transcript.trimEnd().slice(-64);

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
