/**
 * The column of additions on the card's face (追記欄; 番号法 art. 17): a bounded number of lines, each written once and never
 * taken away. Pure. How many lines and characters fit is this house's assumption: the ministry's layout is not at hand.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';
import { charactersOf, formatWareki } from '@ishizue/text';

export const FACE_LINES_MAX = 8;
const LINE_CHARACTERS_MAX = 24;

export const ADDITION_KINDS = [
  'address',
  'name',
  'stay',
  'face-authentication',
  'face-authentication-ended',
] as const;
export type AdditionKind = (typeof ADDITION_KINDS)[number];

/** Of whose data the card speaks. */
export type FacePerson = Pick<
  IdentifiedPerson,
  'name' | 'formerSurname' | 'alias' | 'birthDate' | 'sex' | 'address'
>;

/** What an addition says: the day of the change and the register's words, never an operator's. */
export function additionText(
  kind: AdditionKind,
  person: FacePerson,
  changedOn: IsoDate,
  expiresOn: IsoDate,
): string {
  const day = wareki(changedOn);
  if (kind === 'address') return `${day} 住所 ${person.address}`;
  if (kind === 'stay') return `${day} 有効期限 ${wareki(expiresOn)}`;
  if (kind === 'face-authentication') return `${day} 顔認証`;
  if (kind === 'face-authentication-ended') return `${day} 顔認証 解除`;
  const { name, formerSurname, alias } = person;
  return [
    `${day} 氏名 ${name}`,
    ...(formerSurname === null ? [] : [`旧氏 ${formerSurname}`]),
    ...(alias === null ? [] : [`通称 ${alias}`]),
  ].join(' ');
}

function wareki(date: IsoDate): string {
  const text = formatWareki(date);
  if (!text.ok) throw new Error(`not a date: ${date}`);
  return text.value;
}

/** The text in lines that fit the column's width. */
function linesOf(text: string): readonly string[] {
  const characters = charactersOf(text);
  return Array.from({ length: Math.ceil(characters.length / LINE_CHARACTERS_MAX) }, (_, line) =>
    characters.slice(line * LINE_CHARACTERS_MAX, (line + 1) * LINE_CHARACTERS_MAX).join(''),
  );
}

/** The lines of an addition below those that are used, or that the column is full. */
export function fitLines(text: string, used: number): Result<readonly string[], 'face-full'> {
  const lines = linesOf(text);
  return used + lines.length <= FACE_LINES_MAX
    ? ok(lines)
    : fail('face-full', `the addition needs ${lines.length} lines and ${FACE_LINES_MAX - used} are left`);
}
