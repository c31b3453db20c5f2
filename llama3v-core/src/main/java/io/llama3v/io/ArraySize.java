package io.llama3v.io;

/** Checks that a tensor fits a Java array. */
final class ArraySize {
  /** Some virtual machines keep a few words of an array for themselves. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private ArraySize() {}

  static int of(TensorInfo info, String where) {
    if (info.elements() > LARGEST) {
      throw new IllegalArgumentException(where + ": '" + info.name() + "' has " + info.elements()
          + " elements, more than an array can hold; read it in pieces with readFloats(name, fromElement, dst)");
    }
    return (int) info.elements();
  }
}
