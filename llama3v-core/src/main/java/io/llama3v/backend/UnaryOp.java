package io.llama3v.backend;

/** Element-wise functions of one variable. */
public enum UnaryOp {
  /** Exact Gaussian error linear unit {@code x Φ(x) = x/2 (1 + erf(x/√2))}: Mllama's vision tower. */
  GELU,
  /** Hendrycks and Gimpel's sigmoid approximation {@code x σ(1.702 x)}: OpenAI CLIP and MetaCLIP. */
  QUICK_GELU,
  /** {@code x σ(x)}, also called swish. */
  SILU,
  /** Hyperbolic tangent. */
  TANH,
  /** Logistic function. */
  SIGMOID,
  /** {@code max(x, 0)}. */
  RELU,
  /** {@code e^x}. */
  EXP,
  /** Natural logarithm. */
  LOG
}
