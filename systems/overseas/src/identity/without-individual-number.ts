/**
 * No individual number is in the supplementary family register (住民基本台帳法 art. 17, 30-41), not by mistake in a text
 * either: twelve digits in a row, or three groups of four, pass nowhere. The database holds the same rule.
 */
import { z } from 'zod';

const HOLDS_NUMBER = /[0-9０-９]{12}|[0-9０-９]{4}[-－ 　][0-9０-９]{4}[-－ 　][0-9０-９]{4}/;

/** Whether a text holds what could be an individual number. */
export const holdsIndividualNumber = (text: string): boolean => HOLDS_NUMBER.test(text);

/** A text of a message, of at most so many code units, that holds no individual number. */
export const safeText = (length_max: number): z.ZodType<string> =>
  z
    .string()
    .min(1)
    .max(length_max)
    .refine((text) => !holdsIndividualNumber(text));
