/** Stylesheet and script of the counter’s pages. The script talks to the card in the reader; it is shared with other pages (@ishizue/jpki). */
import { CARD_SCRIPT } from '@ishizue/jpki';
import { ownScripts, ownStylesheet } from '@ishizue/pages';

const own = (name: string): URL => new URL(`../../assets/counter/${name}`, import.meta.url);

export const counterStylesheet = ownStylesheet(
  [own('counter.css')],
  'counter',
  'The stylesheet of the pages of the counter',
);

export const counterScript = ownScripts(
  [own('counter.js'), CARD_SCRIPT],
  'counter',
  'The script of the counter: the card in the reader',
);
