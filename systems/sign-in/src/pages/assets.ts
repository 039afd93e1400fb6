/** The stylesheet of the pages. */
import { stylesheet } from '@ishizue/pages';

const own = stylesheet(
  new URL('../../assets/sign-in.css', import.meta.url),
  'sign-in',
  'The stylesheet of the pages of sign-in',
);

export const STYLESHEET_PATH = own.path;
export const stylesheetRoute = own.route;
