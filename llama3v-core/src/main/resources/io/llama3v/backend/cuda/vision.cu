// patches: [N, C, S1, S2] <-> [N, (S1/p)(S2/p), C p p]; a thread an element of the patches, so that those are coalesced and pixels come
// in runs of p. -DFROM and -DTO let pixels in F32 become patches in BF16 on the way.
// interleave: y[r] = cat(base[r], mixed), mixed[c F + f] = features[f][r, c]; one launch a source, with its stride in y. Backward is the
// same copy the other way round.
#include "common.cuh"

#ifndef FROM
#define FROM float
#endif
#ifndef TO
#define TO float
#endif

// Where element i of the patches lies among the pixels.
DEVICE int64 pixel_of(int64 i, int channels, int rows, int columns, int p) {
  int64 rest = i;
  int x = static_cast<int>(rest % p);
  rest /= p;
  int y = static_cast<int>(rest % p);
  rest /= p;
  int c = static_cast<int>(rest % channels);
  rest /= channels;
  int px = static_cast<int>(rest % columns);
  rest /= columns;
  int py = static_cast<int>(rest % rows);
  int64 n = rest / rows;
  return ((n * channels + c) * rows * p + py * p + y) * static_cast<int64>(columns * p) + px * p + x;
}

KERNEL(unfold_patches)(const FROM* __restrict__ pixels, TO* __restrict__ patches, int64 count, int channels, int rows, int columns, int p) {
  for (int64 i = grid_index(); i < count; i += grid_stride()) put(patches + i, to_float(pixels[pixel_of(i, channels, rows, columns, p)]));
}

KERNEL(fold_patches)(const FROM* __restrict__ patches, TO* __restrict__ pixels, int64 count, int channels, int rows, int columns, int p) {
  for (int64 i = grid_index(); i < count; i += grid_stride()) put(pixels + pixel_of(i, channels, rows, columns, p), to_float(patches[i]));
}

// Element c of row r of the narrow side is element offset + c step of row r of the wide side.
KERNEL(interleave)(const FROM* __restrict__ narrow, TO* __restrict__ wide, int64 rows, int64 width, int64 wide_width, int64 offset, int step) {
  for (int64 i = grid_index(); i < rows * width; i += grid_stride()) {
    int64 r = i / width;
    put(wide + r * wide_width + offset + (i - r * width) * step, to_float(narrow[i]));
  }
}

KERNEL(interleave_backward)(const FROM* __restrict__ wide, TO* __restrict__ narrow, int64 rows, int64 width, int64 wide_width,
                            int64 offset, int step) {
  for (int64 i = grid_index(); i < rows * width; i += grid_stride()) {
    int64 r = i / width;
    put(narrow + i, to_float(wide[r * wide_width + offset + (i - r * width) * step]));
  }
}
