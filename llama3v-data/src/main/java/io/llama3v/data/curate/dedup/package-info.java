/**
 * Copies of pictures: descriptors whose dot product tells copies, search for similar pairs within k-means blocks, connected
 * components, and the choice of one sample of each. {@link io.llama3v.data.curate.dedup.ThresholdCalibration} finds the threshold
 * on copies that it makes itself.
 */
package io.llama3v.data.curate.dedup;
