/**
 * Long numbers in texts that people write: resident codes (11 digits), My Numbers (12), application ids (23). What has eleven
 * digits or more, however spaced, in whatever width or in kanji, is one; a telephone number of a centre has ten. Chat
 * replaces them before anything is stored; tickets and FAQ refuse them.
 */

const DIGIT = '\\p{Nd}〇零一二三四五六七八九①-⑨';
const BETWEEN = '[\\s\\u200B-\\u200F\\u2060\\uFEFF\\-‐‑‒–—―−－ー_.,、。・･:：/／|｜＿．，]{0,3}';
const LONG_NUMBER = new RegExp(`[${DIGIT}](?:${BETWEEN}[${DIGIT}]){10,}`, 'gu');

/** What stands in the place of one. */
export const MASK = '［***］';

export const holdsLongNumber = (text: string): boolean => text.search(LONG_NUMBER) >= 0;

/** The text without its long numbers. */
export const maskNumbers = (text: string): string => text.replace(LONG_NUMBER, MASK);
