/** The stylesheet of the pages, and the script of the one page that speaks to a card in a reader. */
import { CARD_SCRIPT } from '@ishizue/jpki';
import { ownScripts, stylesheet } from '@ishizue/pages';

const file = (name: string): URL => new URL(`../../assets/${name}`, import.meta.url);

const own = stylesheet(file('sign-in.css'), 'sign-in', 'The stylesheet of the pages of sign-in');

export const STYLESHEET_PATH = own.path;
export const stylesheetRoute = own.route;

export const readerScript = ownScripts(
  [file('sign-in.js'), CARD_SCRIPT],
  'sign-in',
  'The script of sign-in: the card in the reader',
);
