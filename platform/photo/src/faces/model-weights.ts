/**
 * The weights of the two networks, which `@vladmandic/face-api` (MIT) carries as files; its program is not loaded. A
 * weight is stored in one octet, with scale and smallest value in the manifest.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Filter, SeparableFilter } from './network-layers.ts';

interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly dtype: string; readonly scale: number; readonly min: number };
}

type Model = 'tiny_face_detector_model' | 'face_landmark_68_model';

/** Filters of one network by name. */
export class ModelWeights {
  readonly #filters: ReadonlyMap<string, Filter>;

  constructor(model: Model) {
    const door = fileURLToPath(import.meta.resolve('@vladmandic/face-api/package.json'));
    const file = (suffix: string) => path.join(path.dirname(door), 'model', model + suffix);
    const [manifest] = JSON.parse(readFileSync(file('-weights_manifest.json'), 'utf8')) as [
      { readonly weights: readonly StoredWeight[] },
    ];
    const octets = readFileSync(file('.bin'));
    const filters = new Map<string, Filter>();
    let offset = 0;
    for (const { name, shape, quantization } of manifest.weights) {
      if (quantization.dtype !== 'uint8') throw new Error(`${model}: ${name} is stored otherwise`);
      const count = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from(
        octets.subarray(offset, offset + count),
        (octet) => octet * quantization.scale + quantization.min,
      );
      filters.set(name, { shape, values });
      offset += count;
    }
    if (offset !== octets.length) throw new Error(`${model}: the weights are not those of the manifest`);
    this.#filters = filters;
  }

  filter(name: string): Filter {
    const filter = this.#filters.get(name);
    if (!filter) throw new Error(`no weights ${name}`);
    return filter;
  }

  separable(name: string): SeparableFilter {
    return {
      depthwise: this.filter(`${name}/depthwise_filter`),
      pointwise: this.filter(`${name}/pointwise_filter`),
      bias: this.filter(`${name}/bias`),
    };
  }
}
