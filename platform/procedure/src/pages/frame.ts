/** How the pages of a procedure look. No script runs on them. */
import { officeStylesheet } from '@ishizue/pages';

export { inLanguage, officeFrame as frame } from '@ishizue/pages';

/** Mounted once, whatever the number of procedures. */
export const procedureStylesheet = officeStylesheet.route;
