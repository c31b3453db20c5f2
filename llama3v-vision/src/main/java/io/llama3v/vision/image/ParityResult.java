package io.llama3v.vision.image;

/**
 * The outcome of comparing one group of computed values with the reference's.
 *
 * @param name      what was compared
 * @param passed    whether the error is within the tolerance
 * @param worst     the item with the largest error
 * @param error     largest absolute difference; infinite where sizes or decisions differ
 * @param tolerance largest error that passes; 0 asks for equal bits
 */
public record ParityResult(String name, boolean passed, String worst, double error, double tolerance) {
}
