package io.llama3v.vision;

import io.llama3v.backend.UnaryOp;
import java.util.Map;

/** The names of activation functions in Hugging Face configurations. */
public final class ActivationNames {
  private static final Map<String, UnaryOp> BY_NAME = Map.of("gelu", UnaryOp.GELU, "quick_gelu", UnaryOp.QUICK_GELU,
      "silu", UnaryOp.SILU, "swish", UnaryOp.SILU, "relu", UnaryOp.RELU);

  private ActivationNames() {}

  /** The function of a name, or null if there is none. */
  public static UnaryOp parse(String name) {
    return BY_NAME.get(name);
  }

  /** The name of a function. */
  public static String of(UnaryOp activation) {
    return activation.name().toLowerCase(java.util.Locale.ROOT);
  }
}
