/** What a scanner or a person types at a counter: in full or half width, in groups, in any case. */
import { z } from 'zod';

export const scanned = z
  .string()
  .transform((given) => given.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase());
