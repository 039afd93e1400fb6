/** What printing the notices of codes is given, besides what the registry has anyway. Wiring makes one at start. */
import type { PrintFiles, Typeface } from '@ishizue/pdf';
import type { RegistryContext } from '../registry-context.ts';

export interface CodeNoticeDesk {
  readonly registry: RegistryContext;
  readonly typeface: Typeface;
  readonly files: PrintFiles;
}
