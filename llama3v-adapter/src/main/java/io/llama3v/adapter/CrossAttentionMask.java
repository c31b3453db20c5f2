package io.llama3v.adapter;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/**
 * Which image tiles each text token sees, on a backend.
 *
 * @param attention over tiles, each of which stands for all its patches
 * @param rows [B, L, 1]: 1 for tokens that see an image, 0 for the others; null if all do
 */
public record CrossAttentionMask(AttentionMask attention, Tensor rows) {
  /**
   * Makes the mask.
   *
   * @param seen [B, L, images · tiles], 1 where a token sees a tile
   * @param batch B
   * @param length L
   */
  public static CrossAttentionMask of(Backend backend, float[] seen, int batch, int length, MaskRule rule) {
    int tokens = Math.multiplyExact(batch, length);
    if (tokens < 1 || seen.length == 0 || seen.length % tokens != 0) {
      throw new IllegalArgumentException("a mask of " + seen.length + " values over " + batch + " rows of " + length
          + " tokens; expected a value for each token and tile");
    }
    int groups = seen.length / tokens;
    float[] allowed = seen.clone();
    float[] rows = new float[tokens];
    boolean allSee = true;
    for (int r = 0; r < rows.length; r++) {
      boolean any = false;
      for (int g = r * groups; g < (r + 1) * groups; g++) any |= seen[g] != 0;
      rows[r] = any ? 1 : 0;
      allSee &= any;
      if (!any && rule == MaskRule.HUGGING_FACE) Arrays.fill(allowed, r * groups, (r + 1) * groups, 1);
    }
    return new CrossAttentionMask(AttentionMask.groups(backend.tensor(allowed, batch, length, groups)),
        allSee ? null : backend.tensor(rows, batch, length, 1));
  }
}
