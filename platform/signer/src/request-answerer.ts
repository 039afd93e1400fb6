/**
 * From a request's frame to its answer's frame: decode, let the service answer, encode. A body that does not decode
 * is a malformed frame; a broken invariant inside an operation is reported and answered as `internal-error`.
 */
import { encodeFrame, type Frame } from './frame.ts';
import {
  ANSWER_OK,
  ANSWER_REFUSED,
  type Answers,
  type OperationName,
  operationNumbered,
  operations,
  refusal,
} from './operations.ts';
import { refuse, type SignerRequestCode, type SignerResult } from './signer-code.ts';
import type { SignerService } from './signer-service.ts';
import { decode } from './wire.ts';

/** What the signer tells whoever runs it. It holds no key material and no personal data. */
export type SignerEvent =
  | {
      readonly event: 'refused';
      readonly operation: OperationName;
      readonly code: SignerRequestCode;
      readonly detail: string;
    }
  | { readonly event: 'broken'; readonly operation: OperationName; readonly error: unknown }
  | { readonly event: 'malformed'; readonly code: SignerRequestCode };

export class RequestAnswerer {
  readonly #service: SignerService;
  readonly #report: (event: SignerEvent) => void;
  answered = 0;
  refused = 0;

  constructor(service: SignerService, report: (event: SignerEvent) => void) {
    this.#service = service;
    this.#report = report;
  }

  /** Undefined where the body does not decode. The promise never rejects. */
  answer(frame: Frame): Buffer | Promise<Buffer> | undefined {
    const name = operationNumbered(frame.kind);
    return name === undefined ? undefined : this.#run(name, this.#service[name], frame);
  }

  #run<Name extends OperationName>(
    name: Name,
    serve: SignerService[Name],
    frame: Frame,
  ): Buffer | Promise<Buffer> | undefined {
    const operation = operations[name];
    const request = decode(operation.request, frame.body);
    if (!request) return undefined;
    const finish = (outcome: SignerResult<Answers[Name]>): Buffer => {
      this.answered++;
      if (outcome.ok) return encodeFrame(frame.requestId, ANSWER_OK, operation.answer, outcome.value);
      this.refused++;
      const { code, detail } = outcome.failure;
      this.#report({ event: 'refused', operation: name, code, detail });
      return encodeFrame(frame.requestId, ANSWER_REFUSED, refusal, { code, detail });
    };
    const broken = (error: unknown): Buffer => {
      this.#report({ event: 'broken', operation: name, error });
      return finish(refuse('internal-error', 'the signer’s log tells more'));
    };
    try {
      const outcome = serve(request.value);
      return outcome instanceof Promise ? outcome.then(finish).catch(broken) : finish(outcome);
    } catch (error) {
      return broken(error);
    }
  }
}
