export { officeStylesheet, ownScripts, ownStylesheet, stylesheet } from './assets.ts';
export { cardWanted, readerPolicy, timeOfDay, wordsOfScript } from './card-in-reader.ts';
export { frame, type SignedIn } from './frame.ts';
export {
  inLanguage,
  LANGUAGES,
  type Language,
  languageOf,
  otherLanguage,
  preferredLanguage,
  type Say,
  sayIn,
  type Words,
} from './language.ts';
export { officeFrame, type PageCall, signedInOf } from './office-frame.ts';
export { type Remembered, remembered } from './remembered.ts';
export { TERMINAL, terminalOf } from './terminal.ts';
