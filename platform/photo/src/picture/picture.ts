/** A decoded picture: three octets a pixel, rows from above, upright. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `rgb[(y * width + x) * 3 + c]`, 0 to 255. */
  readonly rgb: Uint8Array;
}
