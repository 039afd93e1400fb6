/**
 * The face of the card as pictures of text. Sizes are ours. A former surname stands in brackets behind the name, an alias in
 * parentheses, as on the printed face.
 */
import { renderTextImage, type Typeface } from '@ishizue/pdf';
import type { PersonOnCard } from './person-on-card.ts';

const LINE = { width_mm: 48, height_mm: 7, size_mm: 4 } as const;
const LINES = { width_mm: 60, height_mm: 9, size_mm: 3.2 } as const;
const CODE = { width_mm: 14, height_mm: 5, size_mm: 4 } as const;

const FULL_NAME = ({ name, formerSurname, alias }: PersonOnCard): string =>
  `${name}${formerSurname === null ? '' : `［${formerSurname}］`}${alias === null ? '' : `（${alias}）`}`;

export const pictureOfName = (typeface: Typeface, person: PersonOnCard): Buffer =>
  renderTextImage(typeface, { ...LINE, text: FULL_NAME(person) });

export const pictureOfAddress = (typeface: Typeface, { address }: PersonOnCard): Buffer =>
  renderTextImage(typeface, { ...LINES, text: address });

export const pictureOfSecurityCode = (typeface: Typeface, { securityCode }: PersonOnCard): Buffer =>
  renderTextImage(typeface, { ...CODE, text: securityCode });

/** In groups of four, as it is printed. */
export const pictureOfNumber = (typeface: Typeface, { individualNumber }: PersonOnCard): Buffer =>
  renderTextImage(typeface, { ...LINE, text: individualNumber.replaceAll(/(\d{4})(?=\d)/g, '$1 ') });
