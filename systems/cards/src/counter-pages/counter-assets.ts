/** Stylesheet and script of the counter’s pages. The script talks to the card in the reader; no other page has it. */
import { ownScripts, ownStylesheet } from '@ishizue/pages';

const own = (name: string): URL => new URL(`../../assets/counter/${name}`, import.meta.url);

export const counterStylesheet = ownStylesheet(
  [own('counter.css')],
  'counter',
  'The stylesheet of the pages of the counter',
);

export const counterScript = ownScripts(
  [own('counter.js'), own('card.js')],
  'counter',
  'The script of the counter: the card in the reader',
);
