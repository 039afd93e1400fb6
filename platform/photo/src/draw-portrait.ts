/**
 * A portrait of nobody, drawn by code, for cards of tests and demonstrations: head and shoulders before a plain wall, in the
 * proportions of a photograph for a card. Another seed draws somebody else; the same seed the same.
 */
import { encodePng } from './picture/encode-png.ts';

const [WIDTH, HEIGHT] = [700, 900];
type Colour = readonly [red: number, green: number, blue: number];

const SKINS: readonly Colour[] = [
  [239, 207, 178],
  [226, 186, 150],
  [197, 150, 113],
  [141, 98, 70],
];
const HAIRS: readonly Colour[] = [
  [34, 30, 32],
  [70, 48, 36],
  [120, 118, 120],
];
const CLOTHES: readonly Colour[] = [
  [52, 66, 96],
  [92, 58, 66],
  [58, 84, 70],
];
const WALL: Colour = [212, 220, 228];
const DARK: Colour = [46, 38, 40];
const WHITE: Colour = [246, 246, 244];

const inEllipse = (x: number, y: number, [cx, cy, rx, ry]: readonly [number, number, number, number]) =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** Eyes, brows, nose and mouth; x and y in shares of the width, from the middle of the picture to its right. */
function featureAt(aside: number, y: number, skin: Colour, hair: Colour): Colour | undefined {
  if (inEllipse(aside, y, [0.105, 0.56, 0.018, 0.018])) return DARK;
  if (inEllipse(aside, y, [0.105, 0.56, 0.045, 0.021])) return WHITE;
  if (inEllipse(aside, y, [0.105, 0.505, 0.065, 0.014])) return hair;
  const shade = (share: number): Colour => [skin[0] * share, skin[1] * share, skin[2] * share];
  if (inEllipse(aside, y, [0.02, 0.685, 0.02, 0.012])) return shade(0.8);
  if (inEllipse(aside, y, [0, 0.775, 0.09, 0.018])) return [176, 92, 88];
  return undefined;
}

function colourAt(x: number, y: number, skin: Colour, hair: Colour, clothes: Colour): Colour {
  const aside = Math.abs(x - 0.5);
  const isFace = inEllipse(aside, y, [0, 0.58, 0.235, 0.315]);
  const isFringe = inEllipse(aside, y, [0, 0.34, 0.232, 0.12]);
  if (isFace && !isFringe) return featureAt(aside, y, skin, hair) ?? skin;
  if (isFringe || inEllipse(aside, y, [0, 0.5, 0.275, 0.33])) return hair;
  if (aside < 0.1 && y > 0.8 && y < 1.02) return [skin[0] * 0.9, skin[1] * 0.9, skin[2] * 0.9];
  return inEllipse(aside, y, [0, 1.32, 0.44, 0.36]) ? clothes : WALL;
}

/** A PNG of 700 × 900 pixels. @param seed a whole number, not negative */
export function drawPortrait(seed: number): Buffer {
  const pick = (some: readonly Colour[], at: number): Colour => some[at % some.length] ?? WALL;
  const skin = pick(SKINS, seed);
  const hair = pick(HAIRS, Math.floor(seed / SKINS.length));
  const clothes = pick(CLOTHES, Math.floor(seed / (SKINS.length * HAIRS.length)));
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  let grain = seed + 1;
  for (let y = 0, at = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) >>> 0;
      const noise = (grain >>> 24) / 64 - 2; // as a camera has it: what is all even is no photograph
      for (const value of colourAt(x / WIDTH, y / WIDTH, skin, hair, clothes))
        rgb[at++] = Math.max(0, Math.min(255, value + noise));
    }
  return encodePng({ width: WIDTH, height: HEIGHT, rgb });
}
