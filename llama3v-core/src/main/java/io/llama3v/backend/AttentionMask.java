package io.llama3v.backend;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;

/**
 * Which keys a query may see, kept in the form it arises in rather than as a dense matrix. All given rules must allow a pair.
 * With {@code b} = row of the batch, {@code i} = query, {@code j} = key, a pair is allowed if
 * <ul>
 *   <li>{@code causal} is false or {@code j <= i + keys - queries} (the last query sees every key, as with a KV cache);
 *   <li>{@code keys} is null or {@code keys[b, j] != 0}: padding of the key sequence;
 *   <li>{@code padding} is null or not both {@code padding[b, i] != 0} and {@code padding[b, j] != 0}: Mllama's vision mask, in
 *       which real tokens see padding and padding sees real tokens, but padding does not see padding;
 *   <li>{@code groups} is null or {@code groups[b, i, j / (keys / G)] != 0}: the cross-attention mask over G tiles, each of
 *       which contributes {@code keys / G} keys;
 *   <li>{@code starts} is null or {@code j >= starts[b, i]}: with {@code causal}, samples that share a row do not see each other.
 * </ul>
 * {@code bias}, if present, is added to the scaled scores. A query that may see nothing gets a row of zeros.
 *
 * @param causal whether queries are blind to later keys
 * @param keys {@code [B, keys]} or null
 * @param padding {@code [B, queries]} with as many keys as queries, or null
 * @param groups {@code [B, queries, G]} or null
 * @param bias {@code [B|1, heads|1, queries, keys]} without gradient, or null
 * @param starts {@code [B, queries]}, the first key that a query may see, or null
 */
public record AttentionMask(boolean causal, Tensor keys, Tensor padding, Tensor groups, Tensor bias, Tensor starts) {
  /** Every query sees every key. */
  public static final AttentionMask NONE = new AttentionMask(false, null, null, null, null);
  /** A query sees itself and what came before. */
  public static final AttentionMask CAUSAL = new AttentionMask(true, null, null, null, null);

  /** A mask without {@code starts}. */
  public AttentionMask(boolean causal, Tensor keys, Tensor padding, Tensor groups, Tensor bias) {
    this(causal, keys, padding, groups, bias, null);
  }

  /** Causal within each of the samples that share a row; {@code starts} holds the first position of every token's sample. */
  public static AttentionMask packed(Tensor starts) {
    return new AttentionMask(true, null, null, null, null, starts);
  }

  /** Causal, and blind to padded keys. */
  public static AttentionMask causal(Tensor keys) {
    return new AttentionMask(true, keys, null, null, null);
  }

  /** Mllama's vision mask. */
  public static AttentionMask padding(Tensor padding) {
    return new AttentionMask(false, null, padding, null, null);
  }

  /** Cross-attention to tiles. */
  public static AttentionMask groups(Tensor groups) {
    return new AttentionMask(false, null, null, groups, null);
  }

  /** True if no rule restricts anything. */
  public boolean isNone() {
    return !causal && keys == null && padding == null && groups == null && bias == null && starts == null;
  }

  /** The tensors that the rules refer to, nulls included: what a tape must keep for backward. */
  public Tensor[] tensors() {
    return new Tensor[] {keys, padding, groups, bias, starts};
  }

  /**
   * The same rules about other tensors: what a recomputed block attends with.
   *
   * @param tensors as {@link #tensors} returns them, from index {@code first} on
   */
  public AttentionMask with(Tensor[] tensors, int first) {
    return new AttentionMask(causal, tensors[first], tensors[first + 1], tensors[first + 2], tensors[first + 3], tensors[first + 4]);
  }

  /**
   * Checks the shapes against those of an attention.
   *
   * @throws IllegalArgumentException naming the rule that does not fit
   */
  public void check(long batch, long heads, long queries, long keyCount) {
    require("keys", keys, keys == null || matches(keys, batch, keyCount), "[" + batch + ", " + keyCount + "]");
    require("padding", padding, padding == null || queries == keyCount && matches(padding, batch, queries),
        "[" + batch + ", " + queries + "] with as many keys as queries");
    require("groups", groups, groups == null || groups.rank() == 3 && groups.size(0) == batch && groups.size(1) == queries
        && groups.size(2) > 0 && keyCount % groups.size(2) == 0, "[" + batch + ", " + queries + ", G] with G dividing " + keyCount);
    require("bias", bias, bias == null || bias.rank() == 4 && (bias.size(0) == batch || bias.size(0) == 1)
        && (bias.size(1) == heads || bias.size(1) == 1) && bias.size(2) == queries && bias.size(3) == keyCount,
        "[" + batch + "|1, " + heads + "|1, " + queries + ", " + keyCount + "]");
    require("starts", starts, starts == null || matches(starts, batch, queries), "[" + batch + ", " + queries + "]");
  }

  private static boolean matches(Tensor t, long a, long b) {
    return t.rank() == 2 && t.size(0) == a && t.size(1) == b;
  }

  private static void require(String rule, Tensor t, boolean fits, String expected) {
    if (!fits || t != null && t.type() == DType.I32) {
      throw new IllegalArgumentException("attention mask '" + rule + "' is " + t.type() + Shape.text(t.shape())
          + "; expected a floating tensor of shape " + expected);
    }
  }
}
