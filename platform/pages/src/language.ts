/** The two languages of every page, and which one a reader gets: what they asked for, else what their browser says. */

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in both languages. */
export type Words = Readonly<Record<Language, string>>;

/** Says a thing in the reader's language. */
export type Say = (ja: string, en: string) => string;

export const sayIn =
  (language: Language): Say =>
  (ja, en) =>
    language === 'ja' ? ja : en;

/** The language of the header; Japanese unless English comes first. */
export const preferredLanguage = (header: string | string[] | undefined): Language =>
  /^\s*en\b/i.test(String(header ?? '')) ? 'en' : 'ja';

/** The language asked for; else that of the header. */
export const languageOf = (asked: string | undefined, header: string | string[] | undefined): Language =>
  asked === 'en' || asked === 'ja' ? asked : preferredLanguage(header);

export const otherLanguage = (language: Language): Language => (language === 'ja' ? 'en' : 'ja');

/** An address of ours in a language. */
export const inLanguage = (address: string, language: Language): string =>
  `${address}${address.includes('?') ? '&' : '?'}lang=${language}`;
