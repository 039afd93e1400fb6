import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeFrame, type Frame, type FrameFault, FrameReader } from './frame.ts';
import { bytes } from './wire.ts';

const LIMIT = 1000;
const newReader = () => new FrameReader({ bodyBytesMax: (kind) => (kind < 200 ? LIMIT : undefined) });

function readAll(reader: FrameReader, chunks: readonly Buffer[]): (Frame | FrameFault)[] {
  const frames: (Frame | FrameFault)[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      frames.push(frame);
      if ('fault' in frame) return frames;
    }
  }
  return frames;
}

test('frames come out the same however the stream is cut', () => {
  const frame = fc.record({
    requestId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    kind: fc.integer({ min: 0, max: 199 }),
    body: fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 10 }), fc.array(fc.nat({ max: 400 })), (frames, cuts) => {
      const stream = Buffer.concat(
        frames.map(({ requestId, kind, body }) => encodeFrame(requestId, kind, bytes, body)),
      );
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        chunks.push(stream.subarray(at, at + cut));
        at += cut;
      }
      const reader = newReader();
      const read = readAll(reader, chunks);
      const expected = frames.map(({ requestId, kind, body }) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(body.length);
        return { requestId, kind, body: Buffer.concat([length, body]) };
      });
      assert.deepEqual(read, expected);
      assert.equal(reader.partial, false);
    }),
  );
});

test('a frame is refused by its header: too long for its kind, too short, of an unknown kind', () => {
  const header = (length: number, kind: number) => {
    const frame = Buffer.alloc(9);
    frame.writeUInt32BE(length);
    frame.writeUInt32BE(7, 4);
    frame.writeUInt8(kind, 8);
    return frame;
  };
  const fault = (length: number, kind: number) => readAll(newReader(), [header(length, kind)]);
  assert.deepEqual(fault(LIMIT + 6, 1), [{ requestId: 7, fault: 'frame-too-large' }]);
  assert.deepEqual(fault(0xffffffff, 1), [{ requestId: 7, fault: 'frame-too-large' }]);
  assert.deepEqual(fault(4, 1), [{ requestId: 7, fault: 'frame-malformed' }]);
  assert.deepEqual(fault(5, 200), [{ requestId: 7, fault: 'operation-unknown' }]);
  assert.deepEqual(fault(LIMIT + 5, 1), []); // as long as may be: the body is waited for
});
