/** The scope of the centre's transactions: its rows are let through to it alone. */
import type { Scope } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';

export const AT_CENTRE: Scope = { site: NATIONAL_SITE };
