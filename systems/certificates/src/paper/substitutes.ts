/**
 * Characters of a record that no face of this machine can draw. Each is drawn as another form of the same character,
 * chosen before the paper is laid out so that it can say so (代替文字); without one the paper is not made, because a
 * kiosk has nobody who could explain a gap in a name.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { baseCharacter, missingClusters, type Typeface } from '@ishizue/pdf';
import { findGlyph, NO_SUBSTITUTE, substitutesFor } from '@ishizue/text';

export interface ChosenSubstitute {
  readonly wanted: string;
  readonly drawn: string;
  /** MJ文字図形名 of the wanted character, or its code points. */
  readonly nameOfWanted: string;
}

/** The substitutes for a text, in the order of first use. */
export function chooseSubstitutes(
  typeface: Typeface,
  text: string,
): Result<readonly ChosenSubstitute[], 'character-not-printable'> {
  const chosen: ChosenSubstitute[] = [];
  for (const wanted of missingClusters(typeface, text)) {
    const drawn = [baseCharacter(wanted), ...substitutesFor(wanted)].find(
      (candidate) =>
        candidate !== undefined && candidate !== NO_SUBSTITUTE && typeface.find(candidate) !== undefined,
    );
    const nameOfWanted = findGlyph(wanted)?.mj ?? codePointsOf(wanted);
    if (drawn === undefined)
      return fail('character-not-printable', `no face and no substitute for ${nameOfWanted}`);
    chosen.push({ wanted, drawn, nameOfWanted });
  }
  return ok(chosen);
}

/** `U+845B U+E0101` */
const codePointsOf = (cluster: string): string =>
  Array.from(cluster, (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`).join(
    ' ',
  );
