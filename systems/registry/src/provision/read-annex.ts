/**
 * Appended table 1 (別表第一) of 住民基本台帳法 out of the act's text: which agency may be given identity data for which affair
 * (2013 text: art. 30-7 (3); since numbering: art. 30-9). The output is the reviewed data file `data/annex-1.tsv`: one
 * line a row, deleted rows too, so that a gap in the numbers is seen.
 */

const ANNEX_COLUMNS = ['row', 'label', 'agencies', 'acts', 'articles', 'affairs'] as const;

/** A row of the table; a deleted one (削除) names nobody. */
export interface AnnexRow {
  /** `77-2`. */
  readonly row: string;
  /** As the act writes it, `七十七の二`. */
  readonly label: string;
  /** Who may be given data, as the act names them. */
  readonly agencies: readonly string[];
  /** The acts that the affairs are of. */
  readonly acts: readonly string[];
  /** The articles that the affairs cite, `第七条第一項`. */
  readonly articles: readonly string[];
  /** The affairs, the act's own text. */
  readonly affairs: string;
}

const NUMERAL = '[一二三四五六七八九十百]+';
const HEADING = new RegExp(`^(${NUMERAL}(?:の${NUMERAL})*)　(.+)$`);
const ARTICLE = new RegExp(
  `(?:附則)?第${NUMERAL}条(?:の${NUMERAL})*(?:第${NUMERAL}項)?(?:第${NUMERAL}号(?:の${NUMERAL})?)?`,
  'g',
);
const DELETED = '削除';

/** The rows of the table, in the order of the act. Throws where the text is not laid out as expected. */
export function readAnnex(lawText: string): readonly AnnexRow[] {
  const start = lawText.indexOf('\n別表第一　');
  const end = lawText.indexOf('\n別表第二　', start);
  if (start < 0 || end < 0) throw new Error('the text has no 別表第一 before a 別表第二');
  const lines = lawText
    .slice(start, end)
    .split('\n')
    .map((line) => line.replace(/[\s\u3000]+$/, ''))
    .filter((line) => line !== '');
  const rows: AnnexRow[] = [];
  for (let index = 3; index < lines.length; index++) {
    const [, label, heading] = HEADING.exec(lines[index] ?? '') ?? [];
    if (label === undefined || heading === undefined) throw new Error(`no heading of a row: ${lines[index]}`);
    const affairs = heading === DELETED ? '' : (lines[++index] ?? '');
    if (heading !== DELETED && !affairs.endsWith('もの')) throw new Error(`row ${label} has no affairs`);
    rows.push(rowOf(label, heading, affairs));
  }
  return rows;
}

function rowOf(label: string, heading: string, affairs: string): AnnexRow {
  const isDeleted = heading === DELETED;
  return {
    row: label
      .split('の')
      .map((numeral) => String(numberOf(numeral)))
      .join('-'),
    label,
    agencies: isDeleted ? [] : heading.split(/又は|若しくは|並びに|及び/),
    acts: isDeleted ? [] : actsIn(affairs),
    articles: [...new Set(affairs.match(ARTICLE))],
    affairs,
  };
}

/** Acts named with their number (…法（昭和…法律第…号）), or, where an earlier row gave the number, the one named first. */
function actsIn(affairs: string): readonly string[] {
  const numbered = [
    ...affairs.matchAll(/([^（）、]+(?:法|法律|施行法|特例法))（[^（）]*法律第[^（）。]*号/g),
  ].map(([, name]) => actName(name ?? ''));
  const first = actName(/^.*?(?:法|法律)(?=による|の規定|附則|第|（|又は)/.exec(affairs)?.[0] ?? '');
  return [...new Set([first, ...numbered].filter((name) => name !== ''))];
}

const actName = (text: string): string =>
  (text.split(/とされる|による改正前の|に規定する|の届出又は|。/).at(-1) ?? '').replace(
    /^(?:又は|若しくは|及び|並びに)/,
    '',
  );

const DIGITS = '一二三四五六七八九';

/** The value of a kanji numeral up to 百九十九. */
function numberOf(numeral: string): number {
  const [hundreds, rest] = numeral.includes('百') ? numeral.split('百', 2) : [undefined, numeral];
  const [tens, ones] = rest?.includes('十') ? rest.split('十', 2) : [undefined, rest];
  const digit = (text: string | undefined): number =>
    text === undefined ? 0 : text === '' ? 1 : DIGITS.indexOf(text) + 1;
  return digit(hundreds) * 100 + digit(tens) * 10 + (ones === '' ? 0 : digit(ones));
}

const LIST = '｜';

/** The data file: a heading line, then a row a line, lists divided by `｜`. */
export function formatAnnex(rows: readonly AnnexRow[]): string {
  const lines = rows.map((row) =>
    [
      row.row,
      row.label,
      row.agencies.join(LIST),
      row.acts.join(LIST),
      row.articles.join(LIST),
      row.affairs,
    ].join('\t'),
  );
  return `${[ANNEX_COLUMNS.join('\t'), ...lines].join('\n')}\n`;
}

/** Reads what `formatAnnex` wrote; throws where the file was damaged. */
export function parseAnnex(text: string): readonly AnnexRow[] {
  const [heading, ...lines] = text.trimEnd().split('\n');
  if (heading !== ANNEX_COLUMNS.join('\t')) throw new Error('the data of 別表第一 have other columns');
  return lines.map((line) => {
    const [row, label, agencies, acts, articles, affairs, ...more] = line.split('\t');
    if (!row || !label || affairs === undefined || more.length > 0)
      throw new Error(`a damaged row of 別表第一: ${line}`);
    const list = (joined = ''): readonly string[] => (joined === '' ? [] : joined.split(LIST));
    return { row, label, agencies: list(agencies), acts: list(acts), articles: list(articles), affairs };
  });
}
