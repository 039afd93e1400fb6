/** What a system makes of a file before it is kept. */
import type { Result } from '@ishizue/outcome';

/**
 * What is made of a file before anything of it is kept: a picture without its metadata. Codes of refusal are the system's own;
 * who mounts the procedure gives their statuses.
 */
export type FileRewrite = (bytes: Buffer) => Promise<Result<Uint8Array>>;
