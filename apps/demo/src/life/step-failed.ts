/** A step that could not be played to its end: what it was refused with. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}
