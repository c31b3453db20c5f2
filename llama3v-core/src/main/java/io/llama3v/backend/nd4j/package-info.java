/**
 * The reference backend: every kernel written in plain ND4J array operations, to be read and trusted rather than to be fast.
 * Runs on whatever ND4J backend is on the class path (nd4j-native, nd4j-cuda). Other backends whose tensors can be seen as
 * ND4J arrays use {@link io.llama3v.backend.nd4j.Nd4jKernels} for what they have no kernel of their own for.
 */
package io.llama3v.backend.nd4j;
