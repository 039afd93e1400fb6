/**
 * What a text is found by, without a dictionary: words of Latin letters and digits, and every two characters that stand together
 * in Japanese. Width, case and the writing of a sound (ハガキ, はがき, ﾊｶﾞｷ) make no difference. Pure.
 */
import { foldKana, toHalfWidthAscii } from '@ishizue/text';

const WORD = /[a-z0-9]+|[^\p{P}\p{S}\p{Z}\p{C}a-z0-9]+/gu;
const LATIN = /^[a-z0-9]/;
/** Words that most English questions have, and their beginnings and ends. */
const EMPTY = new Set(
  'a about am an and are as at be by can card cards could do does for from get got has have how i if in is it like me must my no not of on or s should so t that the there they this to want was what when where which who why will with would you your'.split(
    ' ',
  ),
);
/** More of a question is not looked at. */
const CHARACTERS_MAX = 300;

/** The text in the spelling that is compared. */
const folded = (text: string): string =>
  toHalfWidthAscii(foldKana(text.slice(0, 4_000).normalize('NFKC'))).toLowerCase();

/** `certificates` and `certificate` are one. */
const stem = (word: string): string =>
  word.length > 4 ? word.replace(/(?:ies|es|s|ed|ing)$/, (end) => (end === 'ies' ? 'y' : '')) : word;

/** The pieces of a text, each once. */
function gramsOf(text: string): ReadonlySet<string> {
  const grams = new Set<string>();
  for (const [run] of folded(text).matchAll(WORD)) {
    if (LATIN.test(run)) {
      if (!EMPTY.has(run)) grams.add(stem(run).slice(0, 40));
      continue;
    }
    const characters = Array.from(run);
    if (characters.length === 1) grams.add(run);
    for (let at = 0; at + 1 < characters.length; at++) grams.add(`${characters[at]}${characters[at + 1]}`);
  }
  return grams;
}

/** The pieces of a question that somebody asks. */
export const gramsAsked = (question: string): readonly string[] => [
  ...gramsOf(question.slice(0, CHARACTERS_MAX)),
];

const IN_QUESTION = 4;
const IN_ANSWER = 1;

/** The pieces of an entry with their weights: what stands in the question, or in other words for it, weighs more. */
export function weightedGrams(question: string, words: string, answer: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const gram of gramsOf(answer)) weights.set(gram, IN_ANSWER);
  for (const gram of gramsOf(`${question} ${words}`))
    weights.set(gram, IN_QUESTION + (weights.get(gram) ?? 0));
  return weights;
}
