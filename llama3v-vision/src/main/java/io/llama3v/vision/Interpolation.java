package io.llama3v.vision;

/**
 * How a learned square grid of position embeddings is resized when the picture has more or fewer patches.
 *
 * <p>The three families of checkpoints were made with three different resamplers, and their results differ by far more than
 * rounding (for 16 to 24 patches a side by several per cent of the table's scale), so the choice belongs to the checkpoint.
 */
public enum Interpolation {
  /** OpenCLIP and MetaCLIP: cubic convolution with a = -0.5, widened when shrinking (antialias), pixel centres at half integers. */
  OPEN_CLIP,
  /** Hugging Face CLIP: cubic convolution with a = -0.75, never widened, pixel centres at half integers. */
  HUGGING_FACE,
  /** Meta's Llama 3 vision tower: linear, the corner cells of both grids coincide. */
  META
}
