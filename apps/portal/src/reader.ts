/**
 * Who reads the page: the language that everything is said in. Both languages stand side by side where a sentence is
 * said, so that neither can be forgotten.
 */
import type { Bilingual } from '@ishizue/demo';

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Reader {
  readonly language: Language;
  /** The sentence in the reader's language. */
  readonly say: (ja: string, en: string) => string;
  readonly tell: (sentence: Bilingual) => string;
}

export function readerOf(language: Language): Reader {
  const say = (ja: string, en: string): string => (language === 'ja' ? ja : en);
  return { language, say, tell: ({ ja, en }) => say(ja, en) };
}

const RANGE = /^\s*(ja|en)(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i;
const HEADER_LENGTH_MAX = 200;

/** The better liked language of an Accept-Language header (RFC 9110 section 12.5.4); Japanese where it names neither. */
export function preferredLanguage(header: string | undefined): Language {
  let best: { language: Language; quality: number } = { language: 'ja', quality: 0 };
  for (const range of (header ?? '').slice(0, HEADER_LENGTH_MAX).split(',')) {
    const [, tag, quality = '1'] = RANGE.exec(range) ?? [];
    if (tag === undefined || Number(quality) <= best.quality) continue;
    best = { language: tag.toLowerCase() === 'en' ? 'en' : 'ja', quality: Number(quality) };
  }
  return best.language;
}
