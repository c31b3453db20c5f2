package io.llama3v.backend;

/** Element-wise functions of two variables. */
public enum BinaryOp {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUB,
  /** {@code a b}. */
  MUL,
  /** {@code a / b}. */
  DIV
}
