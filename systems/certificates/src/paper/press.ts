/**
 * What all papers are printed with: the faces and the background. Opened once a process, immutable, so that nothing of
 * one paper can reach another through it.
 */
import type { Result } from '@ishizue/outcome';
import { ok } from '@ishizue/outcome';
import {
  createSecurityPattern,
  openTypeface,
  type PdfCode,
  type SecurityPattern,
  type Typeface,
} from '@ishizue/pdf';

export interface Press {
  readonly typeface: Typeface;
  readonly background: SecurityPattern;
}

/** The word that a copy of the paper shows (けん制文字). */
const WARNING = '複写';

/** Opens the faces (some 0.2 s) and draws the background. */
export async function openPress(): Promise<Result<Press, PdfCode>> {
  const typeface = await openTypeface();
  if (!typeface.ok) return typeface;
  const background = createSecurityPattern(typeface.value, { warning: WARNING });
  if (!background.ok) return background;
  return ok({ typeface: typeface.value, background: background.value });
}
