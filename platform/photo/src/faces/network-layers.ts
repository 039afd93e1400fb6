/**
 * The layers that the two small face networks are made of, on arrays in rows, columns, channels. Only what those networks use:
 * 3×3 windows, one after the other, no batch. Windows at the edge are padded as TensorFlow's `SAME` does.
 */

/** A picture or what a layer made of it: `data[(y * width + x) * channels + c]`. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** `values` in the order that the network was stored in: row, column, channel in, channel out. */
export interface Filter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A convolution in two steps: each channel by itself, then the channels of each place among each other. */
export interface SeparableFilter {
  readonly depthwise: Filter;
  readonly pointwise: Filter;
  readonly bias: Filter;
}

const WINDOW = 3;

const at = (values: Float32Array, index: number): number => values[index] ?? 0;

export const emptyGrid = (width: number, height: number, channels: number): Grid => ({
  width,
  height,
  channels,
  data: new Float32Array(width * height * channels),
});

interface Steps {
  readonly stride: 1 | 2;
  readonly padding: 'same' | 'valid';
}

/** How many places a layer gives along one edge, and how many of padding come first. */
function placesOf(
  length: number,
  { stride, padding }: Steps,
): { readonly count: number; readonly before: number } {
  if (padding === 'valid') return { count: Math.floor((length - WINDOW) / stride) + 1, before: 0 };
  const count = Math.ceil(length / stride);
  return { count, before: Math.floor(Math.max((count - 1) * stride + WINDOW - length, 0) / 2) };
}

/** Calls `visit` with each place of the result and each place of the input under its window. */
function slide(
  input: Grid,
  steps: Steps,
  visit: (to: number, from: number, tap: number) => void,
): { readonly width: number; readonly height: number } {
  const across = placesOf(input.width, steps);
  const down = placesOf(input.height, steps);
  for (let y = 0; y < down.count; y++)
    for (let x = 0; x < across.count; x++)
      for (let tap = 0; tap < WINDOW * WINDOW; tap++) {
        const fromY = y * steps.stride - down.before + Math.floor(tap / WINDOW);
        const fromX = x * steps.stride - across.before + (tap % WINDOW);
        if (fromY >= 0 && fromY < input.height && fromX >= 0 && fromX < input.width)
          visit(y * across.count + x, fromY * input.width + fromX, tap);
      }
  return { width: across.count, height: down.count };
}

/** A whole 3×3 convolution. */
export function convolve(input: Grid, filter: Filter, bias: Filter, steps: Steps): Grid {
  const outputs = filter.shape[3] ?? 0;
  const size = { width: placesOf(input.width, steps).count, height: placesOf(input.height, steps).count };
  const output = emptyGrid(size.width, size.height, outputs);
  addBias(output, bias);
  slide(input, steps, (to, from, tap) => {
    for (let c = 0; c < input.channels; c++) {
      const value = at(input.data, from * input.channels + c);
      const row = (tap * input.channels + c) * outputs;
      for (let o = 0; o < outputs; o++)
        output.data[to * outputs + o] =
          at(output.data, to * outputs + o) + value * at(filter.values, row + o);
    }
  });
  return output;
}

/** The channels of each place among each other: a 1×1 convolution, or a layer that connects all with all. */
export function mix(input: Grid, filter: Filter, bias: Filter): Grid {
  const outputs = bias.values.length;
  const output = emptyGrid(input.width, input.height, outputs);
  addBias(output, bias);
  const { channels } = input;
  const [to, weights] = [output.data, filter.values];
  for (let place = 0; place < input.width * input.height; place++)
    for (let c = 0; c < channels; c++) {
      const value = at(input.data, place * channels + c);
      const row = c * outputs;
      for (let o = 0, start = place * outputs; o < outputs; o++)
        to[start + o] = (to[start + o] as number) + value * (weights[row + o] as number);
    }
  return output;
}

export function convolveSeparably(input: Grid, filter: SeparableFilter, stride: 1 | 2): Grid {
  const { channels } = input;
  const steps: Steps = { stride, padding: 'same' };
  const size = { width: placesOf(input.width, steps).count, height: placesOf(input.height, steps).count };
  const between = emptyGrid(size.width, size.height, channels);
  slide(input, steps, (to, from, tap) => {
    for (let c = 0; c < channels; c++)
      between.data[to * channels + c] =
        at(between.data, to * channels + c) +
        at(input.data, from * channels + c) * at(filter.depthwise.values, tap * channels + c);
  });
  return mix(between, filter.pointwise, filter.bias);
}

function addBias(grid: Grid, bias: Filter): void {
  for (let place = 0; place < grid.data.length; place += grid.channels) grid.data.set(bias.values, place);
}

/** The largest of each 2×2 window; windows at the far edges are cut off there. */
export function poolLargest(input: Grid, stride: 1 | 2): Grid {
  const { channels } = input;
  const output = emptyGrid(Math.ceil(input.width / stride), Math.ceil(input.height / stride), channels);
  output.data.fill(Number.NEGATIVE_INFINITY);
  for (let y = 0; y < output.height; y++)
    for (let x = 0; x < output.width; x++)
      for (let tap = 0; tap < 4; tap++) {
        const fromY = Math.min(y * stride + (tap >> 1), input.height - 1);
        const fromX = Math.min(x * stride + (tap & 1), input.width - 1);
        const to = (y * output.width + x) * channels;
        const from = (fromY * input.width + fromX) * channels;
        for (let c = 0; c < channels; c++)
          output.data[to + c] = Math.max(at(output.data, to + c), at(input.data, from + c));
      }
  return output;
}

/** The mean of each channel, as a grid of one place. */
export function poolMean(input: Grid): Grid {
  const output = emptyGrid(1, 1, input.channels);
  for (let index = 0; index < input.data.length; index++)
    output.data[index % input.channels] = at(output.data, index % input.channels) + at(input.data, index);
  return { ...output, data: output.data.map((sum) => sum / (input.width * input.height)) };
}

/** Negative values become `slope` times themselves, in place. */
export function rectify(grid: Grid, slope: number): Grid {
  const { data } = grid;
  for (let index = 0; index < data.length; index++) {
    const value = at(data, index);
    if (value < 0) data[index] = value * slope;
  }
  return grid;
}

/** The sum of grids of one shape. */
export function addGrids([first, ...others]: readonly [Grid, ...Grid[]]): Grid {
  const data = first.data.slice();
  for (const other of others)
    for (let index = 0; index < data.length; index++) data[index] = at(data, index) + at(other.data, index);
  return { ...first, data };
}
