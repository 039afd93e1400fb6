/** The stylesheet of these pages besides the one of sign-in. */
import { ownStylesheet } from '@ishizue/pages';

const own = ownStylesheet(
  [new URL('../../assets/help.css', import.meta.url)],
  'help',
  'The stylesheet of the pages of help',
);

export const HELP_STYLESHEET_PATH = own.path;
export const helpStylesheetRoute = own.route;
